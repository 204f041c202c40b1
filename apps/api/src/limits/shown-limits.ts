import type { FastifyInstance } from 'fastify'

/** A limit as an answer tells of it, in the syntax of draft-ietf-httpapi-ratelimit-headers-11. */
export interface ShownLimit {
  /** The name of its policy. */
  name: string
  quota: number
  windowSeconds: number
  remaining: number
  resetSeconds: number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The limits that the request counted in. */
    shownLimits: ShownLimit[]
  }
}

/** Makes every answer tell of the limits that its request counted in. */
export function showLimits(app: FastifyInstance): void {
  app.decorateRequest('shownLimits')
  app.addHook('onRequest', (request, _reply, done) => {
    request.shownLimits = []
    done()
  })
  app.addHook('onSend', ({ shownLimits }, reply, payload, done) => {
    if (shownLimits.length > 0) {
      const policies = shownLimits.map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
      const states = shownLimits.map(
        ({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`,
      )
      reply.header('ratelimit-policy', policies.join(', ')).header('ratelimit', states.join(', '))
    }
    done(null, payload)
  })
}
