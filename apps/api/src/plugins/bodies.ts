import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import { readJson } from '../http/read-json.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** How large the body was that was read; 0 before. */
    bodyBytes: number
  }
}

/** Takes JSON and nothing else. An empty body is none, whatever `Content-Type` says. */
export function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.decorateRequest('bodyBytes', 0)
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.bodyBytes = body.length
    let value: unknown
    try {
      value = readBody(request, body)
    } catch (error) {
      return done(error as Error)
    }
    done(null, value)
  })
}

function readBody(request: FastifyRequest, body: Buffer): unknown {
  if (body.length > 0) return readJson(body)
  const route = request.routeOptions.config.route
  if (!route?.body || route.isBodyOptional) return undefined
  throw new ApiError('malformed_json', 'The body is empty.')
}
