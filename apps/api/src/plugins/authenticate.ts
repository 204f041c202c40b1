import type { Database, Prisma } from '@tellwire/db'
import {
  hashKey,
  isInNetworks,
  isWellFormedKey,
  type KeyKind,
  type Quotas,
  readLimits,
  readRich,
  type Rich,
  runNow,
  type TenantLimits,
} from '@tellwire/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createGate } from '@tellwire/domain'
import { createCache } from '../cache.js'
import type { AdminRequestScope, LastingServices, Services, TenantRequestScope } from '../context.js'
import { ApiError } from '../errors.js'
import { readIdempotency } from '../http/idempotency.js'
import { addressOf } from '../limits/limit-addresses.js'
import type { ShownLimit } from '../limits/shown-limits.js'
import { takeFromQuotas } from '../limits/tenant-quotas.js'
import type { Route } from '../route.js'
import { createUseNotes } from './use-notes.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation that is answered here; absent for pages. */
    route?: Route
  }
  interface FastifyRequest {
    /** The key that the request came with; set before a handler runs. */
    tenantKey: TenantKey | null
    adminKey: AdminKey | null
  }
}

const withTenant = {
  tenant: { select: { limits: true, suspendedAt: true, rich: true } },
} as const satisfies Prisma.ApiKeyInclude

/** A key as it is stored, with what is decided by its tenant. */
type TenantKey = Omit<Prisma.ApiKeyGetPayload<object>, 'tokenHash'> & {
  limits: TenantLimits
  isSuspended: boolean
  richDefault: Rich | undefined
}

/** A key that was revoked is refused after the two together at the latest: it is looked up anew, but waited for only late. */
const keyCache = { keptForMs: 250, staleForMs: 500, entriesMax: 10_000 }
const familiarKeysMax = 10_000

/** Lets in requests with a tenant's key of the right scope. */
export function authenticateTenants(app: FastifyInstance, { db, log }: Services, quotas: Quotas): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.route === undefined) throw new Error(`${url} is no described operation`)
  })
  const keys = createCache<TenantKey | null>(keyCache, async (token) => {
    const found = await db.apiKey.findUnique({ where: { tokenHash: hashKey(token) }, include: withTenant })
    if (!found) return null
    const { tenant, ...key } = found
    return {
      ...key,
      limits: readLimits(tenant.limits),
      isSuspended: tenant.suspendedAt !== null,
      richDefault: readRich(tenant.rich),
    }
  })
  const lookUp = createKeyLookUp()
  const noteUse = createUseNotes<TenantKey>(async ({ tenantId, id }, before) => {
    await db.apiKey.updateMany({
      where: { tenantId, id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
      data: { lastUsedAt: new Date() },
    })
  }, log)
  keepOutOfCaches(app)

  app.addHook('onRequest', async (request) => {
    const token = readBearer(request, ['live'])
    const key = token === undefined ? null : await lookUp(request, token, () => keys.get(token))
    if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= new Date())) {
      await app.countFailedKey(request)
      throw unauthenticated(request, 'live')
    }
    assertNetwork(key, request)
    await app.countKey(request, key.id)
    noteUse(key)
    const limiting = { limits: key.limits, showLimit: showLimitOf(request), tenantId: key.tenantId, quotas }
    await takeFromQuotas(limiting, ['requests_per_second'], 1)
    if (key.isSuspended) throw new ApiError('tenant_suspended', 'The tenant is suspended.')
    const scope = request.routeOptions.config.route?.scope
    if (scope !== undefined && scope !== 'any') assertScope(key, scope)
    request.tenantKey = key
  })
}

/** Lets in requests with an admin's key. */
export function authenticateAdmins(app: FastifyInstance, { db, log }: Services): void {
  const noteUse = createUseNotes<{ id: string }>(async ({ id }, before) => {
    await db.adminKey.updateMany({
      where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
      data: { lastUsedAt: new Date() },
    })
  }, log)
  keepOutOfCaches(app)
  const lookUp = createKeyLookUp()
  app.addHook('onRequest', async (request) => {
    const token = readBearer(request, ['admin'])
    const key = token === undefined ? null : await lookUp(request, token, () => findAdminKey(db, token))
    if (!key) {
      await app.countFailedKey(request)
      throw unauthenticated(request, 'admin')
    }
    assertNetwork(key, request)
    await app.countKey(request, key.id)
    noteUse(key)
    assertAdminScope(key, request.routeOptions.config.route)
    request.adminKey = key
  })
}

/** @throws `insufficient_scope` */
export function assertScope({ scopes }: { scopes: readonly string[] }, scope: string): void {
  if (!scopes.includes(scope)) throw new ApiError('insufficient_scope', `The key needs the scope ${scope}.`)
}

/** @throws `network_refused` */
function assertNetwork({ networks }: { networks: string[] }, { ip }: FastifyRequest): void {
  if (networks.length > 0 && !isInNetworks(ip, networks)) {
    throw new ApiError('network_refused', `The key may not come from ${ip}.`)
  }
}

/** Whether a request comes with an admin's key. */
export async function isAdmin({ db }: Pick<Services, 'db'>, request: FastifyRequest): Promise<boolean> {
  const token = readBearer(request, ['admin'])
  const key = token === undefined ? null : await findAdminKey(db, token)
  return key !== null && (key.networks.length === 0 || isInNetworks(request.ip, key.networks))
}

interface AdminKey {
  id: string
  scopes: string[]
  networks: string[]
  expiresAt: Date | null
}

async function findAdminKey(db: Database, token: string): Promise<AdminKey | null> {
  return db.adminKey.findFirst({
    where: { tokenHash: hashKey(token), revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    select: { id: true, scopes: true, networks: true, expiresAt: true },
  })
}

/** Every admin's key looks at everything. @throws `insufficient_scope` */
function assertAdminScope({ scopes }: AdminKey, route: Route | undefined): void {
  const needed = route?.adminScope ?? 'tenants'
  if (route?.method === 'GET' || scopes.includes('everything') || scopes.includes(needed)) return
  throw new ApiError('insufficient_scope', `The key needs the scope ${needed}.`)
}

/** What is behind a key is kept by nobody on the way. */
function keepOutOfCaches(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store')
    done()
  })
}

/** Opens the scope of a tenant's request: the one place where it is decided what the request may do, and as whom. */
export function openTenantScope(
  { tenants, waker, log }: Services,
  services: LastingServices,
  baseUrl: () => string,
): (request: FastifyRequest) => TenantRequestScope {
  return (request) => {
    const key = request.tenantKey
    if (!key) throw unauthenticated(request, 'live')
    return {
      // Each by its name: of a spread of so many V8 makes an object that is slow for as long as it lives.
      engine: services.engine,
      accepter: services.accepter,
      boundedWork: services.boundedWork,
      sealer: services.sealer,
      telegram: services.telegram,
      files: services.files,
      metrics: services.metrics,
      capacity: services.capacity,
      quotas: services.quotas,
      totals: services.totals,
      gates: services.gates,
      addresses: services.addresses,
      waits: services.waits,
      eventFeed: services.eventFeed,
      eventStreams: services.eventStreams,
      diagnose: services.diagnose,
      listening: services.listening,
      webhookBaseUrl: services.webhookBaseUrl,
      baseUrl: baseUrl(),
      db: tenants.forTenant(key.tenantId),
      waker,
      log,
      tenantId: key.tenantId,
      actor: { type: 'api_key', id: key.id },
      key,
      limits: key.limits,
      richDefault: key.richDefault,
      showLimit: showLimitOf(request),
      bodyBytes: request.bodyBytes,
      requestId: request.id,
      address: request.ip,
      traceparent: readTraceparent(request),
      idempotency: readIdempotency(request),
      afterCommit: runNow,
    }
  }
}

/** The same for an admin's request. */
export function openAdminScope(
  { db, waker, log }: Services,
  services: LastingServices,
  baseUrl: () => string,
): (request: FastifyRequest) => AdminRequestScope {
  return (request) => {
    const key = request.adminKey
    if (!key) throw unauthenticated(request, 'admin')
    return {
      ...services,
      baseUrl: baseUrl(),
      db,
      waker,
      log,
      actor: { type: 'admin_key', id: key.id },
      key,
      requestId: request.id,
      address: request.ip,
      idempotency: readIdempotency(request),
      afterCommit: runNow,
    }
  }
}

/** @returns the key that was sent, where it is a key of one of these kinds. */
function readBearer(request: FastifyRequest, kinds: readonly KeyKind[]): string | undefined {
  const token = bearerOf(request)
  return token !== undefined && isWellFormedKey(token, kinds) ? token : undefined
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +([^ ]+)$/i.exec(headers.authorization ?? '')?.[1]
}

type MaybeLater<Value> = Value | Promise<Value>

/** Looks keys up. An address that sends many unknown keys waits for itself alone, and not with keys that were let in lately. */
function createKeyLookUp() {
  const gate = createGate({ runningMax: 8, runningOfOwnerMax: 2, waitingOfOwnerMax: 100 })
  const familiar = new Set<string>()
  return <Key>(request: FastifyRequest, token: string, find: () => MaybeLater<Key | null>): MaybeLater<Key | null> => {
    if (familiar.has(token)) return find()
    const lookUpInTurn = async (): Promise<Key | null> => {
      const key = await gate.pass(addressOf(request), async () => find())
      if (key === null) return null
      const [oldest] = familiar
      if (familiar.size >= familiarKeysMax && oldest !== undefined) familiar.delete(oldest)
      familiar.add(token)
      return key
    }
    return lookUpInTurn()
  }
}

function showLimitOf({ shownLimits }: FastifyRequest): (limit: ShownLimit) => void {
  return (limit) => void shownLimits.push(limit)
}

function readTraceparent(request: FastifyRequest): string | undefined {
  const value = request.headers['traceparent']
  return typeof value === 'string' && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value)
    ? value
    : undefined
}

/** Tells by the form alone what is wrong with a key: of whether it was ever one, nothing is told. */
function unauthenticated(request: FastifyRequest, wanted: 'live' | 'admin'): ApiError {
  const token = bearerOf(request)
  return new ApiError('unauthenticated', explainKey(token, wanted))
}

function explainKey(token: string | undefined, wanted: 'live' | 'admin'): string {
  if (token === undefined) return 'Send a valid key as "Authorization: Bearer …".'
  if (isWellFormedKey(token, [wanted])) return 'The key is unknown, expired or revoked.'
  if (wanted === 'live' && isWellFormedKey(token, ['admin']))
    return "That is an admin's key: here a tenant's is needed."
  if (wanted === 'admin' && isWellFormedKey(token, ['live']))
    return "That is a tenant's key: here an admin's is needed."
  return 'That is no key of this service, or not the whole of it.'
}
