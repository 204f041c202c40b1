import type { Prisma } from '@tellwire/db'
import { hashKey, isWellFormedKey, type Scope } from '@tellwire/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import type { Services, TenantContext } from '../context.js'
import { rememberFor } from '../remember-for.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a tenant's key must be allowed to do; every tenant route names one. */
    scope?: Scope
  }
  interface FastifyRequest {
    tenant: TenantContext
  }
}

type ApiKey = Prisma.ApiKeyGetPayload<object>

/** A key that was revoked is refused after this long at the latest. */
const keyKeptForMs = 250

export type TenantContextBase = Omit<TenantContext, 'tenantId' | 'requestId' | 'traceparent' | 'log'>

/** Lets in requests with a tenant's key of the right scope, and gives them their context. */
export function authenticateTenants(app: FastifyInstance, services: Services, base: TenantContextBase): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.scope === undefined) throw new Error(`${url} names no scope`)
  })
  // Set for every request before its handler runs.
  app.decorateRequest('tenant', null as unknown as TenantContext)
  const findKey = rememberFor(keyKeptForMs, (key): Promise<ApiKey | null> =>
    services.db.apiKey.findUnique({ where: { tokenHash: hashKey(key) } }),
  )
  app.addHook('onRequest', async (request) => {
    const key = await findTenantKey(findKey, readBearer(request))
    if (!key) throw unauthenticated()
    const { scope } = request.routeOptions.config
    if (scope && !key.scopes.includes(scope)) {
      throw new ApiError('insufficient_scope', `The key needs the scope ${scope}.`)
    }
    request.tenant = {
      ...base,
      log: services.log,
      tenantId: key.tenantId,
      requestId: request.id,
      traceparent: readTraceparent(request),
    }
  })
}

/** Lets in requests with an admin's key. */
export function authenticateAdmins(app: FastifyInstance, services: Services): void {
  app.addHook('onRequest', async (request) => {
    const key = readBearer(request)
    if (key === undefined || !isWellFormedKey(key, ['admin'])) throw unauthenticated()
    const found = await services.db.adminKey.findUnique({ where: { tokenHash: hashKey(key) } })
    if (!found || found.revokedAt) throw unauthenticated()
  })
}

function readBearer(request: FastifyRequest): string | undefined {
  return /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

async function findTenantKey(findKey: (key: string) => Promise<ApiKey | null>, key: string | undefined) {
  if (key === undefined || !isWellFormedKey(key, ['live', 'test'])) return null
  const found = await findKey(key)
  if (!found || found.revokedAt) return null
  return found.expiresAt && found.expiresAt <= new Date() ? null : found
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
