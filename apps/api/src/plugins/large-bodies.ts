import { setImmediate as nextTurn } from 'node:timers/promises'
import { callbackify } from 'node:util'
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import { createGate } from '@tellwire/domain'

/** Reading a body of this size takes about a millisecond, and no memory to speak of. */
const smallBytesMax = 16_384

/**
 * Takes the large bodies of a tenant a few at a time, from before they are read until they are answered, so that many of
 * them fill neither the memory nor the time of the process.
 */
export function takeLargeBodiesInTurn(app: FastifyInstance, ownerOf: (request: FastifyRequest) => string): void {
  const gate = createGate({ runningMax: 32, runningOfOwnerMax: 3, waitingOfOwnerMax: 200 })
  const waitForTurn = async (request: FastifyRequest, reply: FastifyReply, payload: RequestPayload) => {
    await new Promise<void>((resolve, reject) => {
      const hold = (): Promise<void> =>
        new Promise((leave) => {
          if (reply.raw.destroyed) leave()
          else reply.raw.once('close', leave)
          resolve()
        })
      gate.pass(ownerOf(request), hold).catch(reject)
    })
    // Small requests that came meanwhile go first.
    await nextTurn()
    return payload
  }
  const waitForTurnThen = callbackify(waitForTurn)

  app.addHook('preParsing', (request, reply, payload, done) => {
    if (isLarge(request)) waitForTurnThen(request, reply, payload, done)
    else done(null, payload)
  })
}

function isLarge({ headers, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.config.route?.fileBytesMax !== undefined) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > smallBytesMax
}
