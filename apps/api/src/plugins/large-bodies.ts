import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createGate } from '../gate.js'

/** Reading a body of this size takes about a millisecond, and no memory to speak of. */
const smallBytesMax = 16_384

declare module 'fastify' {
  interface FastifyRequest {
    /** Lets the next large body of the tenant in. */
    leaveBodies: (() => void) | null
  }
}

/**
 * Takes the large bodies of a tenant a few at a time, from before they are read until they are answered, so that many of
 * them fill neither the memory nor the time of the process.
 */
export function takeLargeBodiesInTurn(app: FastifyInstance, ownerOf: (request: FastifyRequest) => string): void {
  const gate = createGate({ runningMax: 32, runningOfOwnerMax: 3, waitingOfOwnerMax: 200 })
  app.decorateRequest('leaveBodies', null)

  app.addHook('preParsing', async (request) => {
    if (!isLarge(request)) return
    await new Promise<void>((resolve, reject) => {
      const hold = (): Promise<void> =>
        new Promise((leave) => {
          request.leaveBodies = leave
          resolve()
        })
      gate.pass(ownerOf(request), hold).catch(reject)
    })
    // Small requests that came meanwhile go first.
    await nextTurn()
  })
  app.addHook('onResponse', async (request) => request.leaveBodies?.())
  app.addHook('onRequestAbort', async (request) => request.leaveBodies?.())
}

function isLarge({ headers, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.config.route?.fileBytesMax !== undefined) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > smallBytesMax
}
