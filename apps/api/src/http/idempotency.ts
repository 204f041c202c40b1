import { createHash, hash } from 'node:crypto'
import type { Idempotency } from '@tellwire/domain'
import type { FastifyRequest } from 'fastify'

/** Reads under which key the caller may repeat the request. Two requests are the same when method, route and body are. */
export function readIdempotency(request: FastifyRequest): Idempotency | undefined {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !request.routeOptions.config.route?.isIdempotent) return undefined
  const { url } = request.routeOptions
  return { key, requestHash: hashOf([request.method, url, request.params, request.body]) }
}

/** The same for a request whose content is not in its JSON. */
export function withContent(idempotency: Idempotency | undefined, content: Uint8Array): Idempotency | undefined {
  if (!idempotency) return undefined
  const requestHash = createHash('sha256').update(idempotency.requestHash).update(content).digest()
  return { ...idempotency, requestHash: new Uint8Array(requestHash) }
}

function hashOf(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', JSON.stringify(canonical(value)), 'buffer'))
}

/** The same value with the fields of every object in one order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, canonical(inner)]))
}
