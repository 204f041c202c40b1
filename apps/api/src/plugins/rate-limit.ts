import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'

/**
 * Counts requests by key, or by address where there is none, a second at a time and for each process.
 * Every answer says how much is left, in the syntax of draft-ietf-httpapi-ratelimit-headers-11.
 */
export async function limitRates(app: FastifyInstance, perSecond: number): Promise<void> {
  await app.register(rateLimit, { global: false, max: perSecond, timeWindow: 1_000 })
  const check = app.createRateLimit({ keyGenerator: callerOf })

  app.addHook('onRequest', async (request, reply) => {
    const limit = await check(request)
    if (limit.isAllowed) return
    reply.header('ratelimit-policy', `"default";q=${perSecond};w=1`)
    reply.header('ratelimit', `"default";r=${limit.remaining};t=${limit.ttlInSeconds}`)
    if (limit.isExceeded) {
      throw new ApiError('rate_limited', `No more than ${perSecond} requests a second.`, {
        retryAfterSeconds: limit.ttlInSeconds,
      })
    }
  })
}

function callerOf(request: FastifyRequest): string {
  return request.headers.authorization ?? request.ip
}
