import type { FastifyInstance, FastifyRequest } from 'fastify'

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
    readonly shownLimits: ShownLimit[]
  }
}

/** Makes every answer tell of the limits that its request counted in. */
export function showLimits(app: FastifyInstance): void {
  const shown = new WeakMap<FastifyRequest, ShownLimit[]>()
  // Answers are sent also where an earlier hook turns the request away, before there could be any.
  app.decorateRequest('shownLimits', {
    getter(this: FastifyRequest) {
      const limits = shown.get(this) ?? []
      shown.set(this, limits)
      return limits
    },
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
