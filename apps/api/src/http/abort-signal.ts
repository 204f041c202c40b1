import type { FastifyInstance, FastifyReply } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborts when the server is about to close: nobody is kept waiting then. */
    closing: AbortSignal
  }
}

export function endWaitsOnClose(app: FastifyInstance): void {
  const controller = new AbortController()
  app.decorate('closing', controller.signal)
  app.addHook('preClose', async () => controller.abort())
}

/** Aborts when the caller goes away before it was answered, and when the server closes. */
export function abortSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  // Who has gone before somebody asked is told of no more.
  if (reply.raw.destroyed) controller.abort()
  else reply.raw.once('close', () => controller.abort())
  return AbortSignal.any([controller.signal, reply.server.closing])
}
