import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectDatabase, connectEngine, connectForTenants, type Database, newId } from '@tellwire/db'
import {
  createAccepter,
  createBoundedWork,
  createSealer,
  issueAdminKey,
  issueApiKey,
  recordAudit,
  type Scope,
  scopes,
} from '@tellwire/domain'
import { createDiskStore } from '@tellwire/files'
import { connectJobs, createWaker } from '@tellwire/jobs'
import { createDeliveryMetrics, createLogger, Registry } from '@tellwire/observability'
import { createBotApi } from '@tellwire/telegram'
import { createTestDatabase, eventually, startProcess, type StartedProcess } from '@tellwire/testing'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { test as base } from 'vitest'
import { buildApp } from '../src/app.js'
import { readConfig } from '../src/config.js'
import type { Services } from '../src/context.js'
import { checkAnswer } from './check-answer.js'

export interface Tenant {
  id: string
  key: string
}

export interface Client {
  get(url: string): Promise<LightMyRequestResponse>
  delete(url: string): Promise<LightMyRequestResponse>
  put(url: string, body: unknown): Promise<LightMyRequestResponse>
  patch(url: string, body: unknown): Promise<LightMyRequestResponse>
  post(url: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

export interface ApiFixture {
  app: FastifyInstance
  services: Services
  sandbox: string
}

interface Fixtures {
  api: ApiFixture
  app: FastifyInstance
  db: Database
  /** A tenant of this test's own, with a key of all scopes. */
  tenant: Tenant
  /** Calls with a tenant's key. */
  as: (tenant: Pick<Tenant, 'key'>) => Client
  admin: Client
}

/** Every file has a database and an app of its own; every test makes its own tenant. */
export const test = base.extend<Fixtures>({
  api: [
    async ({}, use) => {
      const api = await startApi()
      await use(api)
      await api.stop()
    },
    { scope: 'file' },
  ],
  app: async ({ api }, use) => use(api.app),
  db: async ({ api }, use) => use(api.services.db),
  tenant: async ({ db }, use) => use(await createTenant(db)),
  as: async ({ app }, use) => use((tenant) => clientOf(app, tenant.key)),
  admin: async ({ app, db }, use) => use(clientOf(app, (await issueAdminKey(db, { name: 'test' })).key)),
})

/** One for all files of tests that a process runs; it ends with that process. */
let sandboxProcess: Promise<StartedProcess> | undefined

async function startSandbox(): Promise<string> {
  const file = fileURLToPath(new URL('../../sandbox/bundle/main.js', import.meta.url))
  sandboxProcess ??= startProcess(file, { PORT: '0' })
  return `http://127.0.0.1:${(await sandboxProcess).ready.port}`
}

export async function startApi(env: Record<string, string> = {}): Promise<ApiFixture & { stop(): Promise<void> }> {
  const [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox()])
  const config = readConfig({
    DATABASE_URL: database.url,
    DATABASE_ENGINE_URL: database.engineUrl,
    SECRET_KEY: randomBytes(32).toString('base64'),
    TELEGRAM_API_ROOT: sandbox,
    LOG_LEVEL: 'silent',
    ...env,
  })
  const log = createLogger('test', config.LOG_LEVEL)
  const db = connectDatabase({ url: database.engineUrl })
  const tenants = connectForTenants({ url: config.DATABASE_URL })
  const engine = connectEngine({ url: database.engineUrl })
  const jobs = connectJobs({ databaseUrl: database.engineUrl, onError: () => undefined })
  const waker = createWaker(jobs, () => undefined)
  const telegram = createBotApi({ root: sandbox })
  const filesDir = mkdtempSync(join(tmpdir(), 'tellwire-files-'))
  const files = createDiskStore(filesDir)
  const accepter = createAccepter(engine, waker)
  const boundedWork = createBoundedWork()
  const services = {
    config,
    log,
    db,
    tenants,
    engine,
    jobs,
    waker,
    accepter,
    boundedWork,
    telegram,
    files,
    sealer: createSealer(config.SECRET_KEY),
    metrics: createDeliveryMetrics(new Registry()),
  }
  const app = await buildApp(services)
  injectPatiently(app)
  return {
    app,
    services,
    sandbox,
    async stop() {
      await app.close()
      await waker.close()
      await Promise.all([jobs.close(), boundedWork.close(), telegram.close(), engine.end()])
      await Promise.all([db.$disconnect(), tenants.disconnect()])
      rmSync(filesDir, { recursive: true })
    },
  }
}

export async function createTenant(db: Database, granted: readonly Scope[] = scopes): Promise<Tenant> {
  const id = newId()
  await db.$transaction(async (db) => {
    await db.tenant.create({ data: { id, name: 'Acme' } })
    await recordAudit({ db, actor: { type: 'system', id: 'test' } }, { tenantId: id, action: 'tenant.created' })
  })
  const { key } = await issueApiKey(db, { tenantId: id, name: 'test', scopes: granted })
  return { id, key }
}

/** A bot of the tenant's, as if it had been registered. */
export async function createBot(api: ApiFixture, tenant: Tenant): Promise<{ id: string; username: string }> {
  const made = await fetch(`${api.sandbox}/sandbox/v1/bots`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const { token } = (await made.json()) as { token: string }
  const response = await clientOf(api.app, tenant.key).post('/v1/bots', { token })
  return response.json<{ id: string; username: string }>()
}

/** A user of the tenant's with one active connection. */
export async function createConnection(
  db: Database,
  tenant: Tenant,
  userId = 'u_1',
): Promise<{ id: string; userId: string }> {
  const access = await db.botAccess.findFirstOrThrow({ where: { tenantId: tenant.id } })
  const chatId = BigInt(Math.floor(Math.random() * 1e9) + 1)
  await db.user.createMany({ data: [{ tenantId: tenant.id, userId }], skipDuplicates: true })
  await db.chat.create({ data: { botId: access.botId, chatId, type: 'private', title: 'Ada' } })
  return db.connection.create({
    data: { tenantId: tenant.id, id: newId(), userId, botId: access.botId, chatId, displayName: 'Ada' },
  })
}

/** A process that the machine gave no time for seconds asks to come again: it has done nothing of a request. */
function injectPatiently(app: FastifyInstance): void {
  const inject = app.inject.bind(app) as (request: InjectOptions) => Promise<LightMyRequestResponse>
  app.inject = ((request: InjectOptions) =>
    eventually(
      () => inject(request),
      ({ statusCode, body }) => statusCode !== 503 || !body.includes('Nothing of the request was done'),
    )) as FastifyInstance['inject']
}

function clientOf(app: FastifyInstance, key: string): Client {
  const authorization = `Bearer ${key}`
  const inject = async (request: InjectOptions & { method: string; url: string }) => {
    const response = await app.inject(request)
    checkAnswer(request, response)
    return response
  }
  const send = (method: 'POST' | 'PUT' | 'PATCH', url: string, body: unknown, headers: Record<string, string> = {}) =>
    inject({
      method,
      url,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(body),
    })
  return {
    get: (url) => inject({ method: 'GET', url, headers: { authorization } }),
    delete: (url) => inject({ method: 'DELETE', url, headers: { authorization } }),
    put: (url, body) => send('PUT', url, body),
    patch: (url, body) => send('PATCH', url, body),
    post: (url, body, headers) => send('POST', url, body, headers),
  }
}
