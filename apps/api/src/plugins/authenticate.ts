import type { Prisma } from '@tellwire/db'
import { hashKey, isWellFormedKey, runNow } from '@tellwire/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createCache } from '../cache.js'
import type { AdminRequestScope, OperationServices, Services, TenantRequestScope } from '../context.js'
import { ApiError } from '../errors.js'
import { readIdempotency } from '../http/idempotency.js'
import type { Route } from '../route.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation that is answered here; absent for pages. */
    route?: Route
  }
  interface FastifyRequest {
    /** The key that the request came with; set before a handler runs. */
    tenantKey: ApiKey | null
    adminKeyId: string | null
  }
}

type ApiKey = Prisma.ApiKeyGetPayload<object>

/** A key that was revoked is refused after this long at the latest. */
const keyKeptForMs = 250
const keysMax = 10_000

/** Lets in requests with a tenant's key of the right scope. */
export function authenticateTenants(app: FastifyInstance, { db }: Services): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.route === undefined) throw new Error(`${url} is no described operation`)
  })
  const keys = createCache<ApiKey | null>({ keptForMs: keyKeptForMs, entriesMax: keysMax }, (key) =>
    db.apiKey.findUnique({ where: { tokenHash: hashKey(key) } }),
  )
  app.addHook('onRequest', async (request) => {
    const token = readBearer(request)
    const key = token !== undefined && isWellFormedKey(token, ['live', 'test']) ? await keys.get(token) : null
    if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= new Date())) throw unauthenticated()
    const scope = request.routeOptions.config.route?.scope
    if (scope !== undefined && scope !== 'any' && !key.scopes.includes(scope)) {
      throw new ApiError('insufficient_scope', `The key needs the scope ${scope}.`)
    }
    request.tenantKey = key
  })
}

/** Lets in requests with an admin's key. */
export function authenticateAdmins(app: FastifyInstance, { db }: Services): void {
  app.addHook('onRequest', async (request) => {
    const token = readBearer(request)
    if (token === undefined || !isWellFormedKey(token, ['admin'])) throw unauthenticated()
    const key = await db.adminKey.findUnique({ where: { tokenHash: hashKey(token) } })
    if (!key || key.revokedAt) throw unauthenticated()
    request.adminKeyId = key.id
  })
}

/** Opens the scope of a tenant's request: the one place where it is decided what the request may do, and as whom. */
export function openTenantScope(
  { db, waker, log }: Services,
  services: OperationServices,
): (request: FastifyRequest) => TenantRequestScope {
  return (request) => {
    const key = request.tenantKey
    if (!key) throw unauthenticated()
    return {
      ...services,
      db,
      waker,
      log,
      tenantId: key.tenantId,
      actor: { type: 'api_key', id: key.id },
      key,
      requestId: request.id,
      traceparent: readTraceparent(request),
      idempotency: readIdempotency(request),
      afterCommit: runNow,
    }
  }
}

/** The same for an admin's request. */
export function openAdminScope(
  { db, waker, log }: Services,
  services: OperationServices,
): (request: FastifyRequest) => AdminRequestScope {
  return (request) => {
    if (request.adminKeyId === null) throw unauthenticated()
    return {
      ...services,
      db,
      waker,
      log,
      actor: { type: 'admin_key', id: request.adminKeyId },
      requestId: request.id,
      idempotency: readIdempotency(request),
      afterCommit: runNow,
    }
  }
}

function readBearer(request: FastifyRequest): string | undefined {
  return /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

function readTraceparent(request: FastifyRequest): string | undefined {
  const value = request.headers['traceparent']
  return typeof value === 'string' && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value)
    ? value
    : undefined
}

function unauthenticated(): ApiError {
  return new ApiError('unauthenticated', 'Send a valid key as "Authorization: Bearer …".')
}
