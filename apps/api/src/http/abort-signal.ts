import type { FastifyReply } from 'fastify'

/** Aborts when the caller goes away before it was answered. */
export function abortSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}
