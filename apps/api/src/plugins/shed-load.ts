import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.js'

/** A loop that is so late has more to do than it can: who comes now would wait for all of it. */
const eventLoopDelayMsMax = 4_000
/** A process that has just started compiles and connects. */
const startMsMax = 10_000
const sampleEveryMs = 500
const retryAfterSeconds = 2

/** Turns requests away while the process cannot keep up, before they wait longer and longer. Who watches the service is answered. */
export async function shedLoad(app: FastifyInstance): Promise<void> {
  const startsUntilMs = performance.now() + startMsMax
  await app.register(underPressure, {
    maxEventLoopDelay: eventLoopDelayMsMax,
    sampleInterval: sampleEveryMs,
    pressureHandler: ({ routeOptions }) => {
      if (routeOptions.config.isUnlimited || performance.now() < startsUntilMs) return
      throw new ApiError(
        'service_unavailable',
        'The service has more to do than it can. Nothing of the request was done.',
        {
          retryAfterSeconds,
        },
      )
    },
  })
}
