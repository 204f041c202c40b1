import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectDatabase } from '@tellwire/db'
import { issueAdminKey, scopes } from '@tellwire/domain'
import {
  createTestDatabase,
  eventually,
  findFreePort,
  type RedisServer,
  startProcess,
  type StartedProcess,
  startRedis,
  type TestDatabase,
} from '@tellwire/testing'

export type Backend = 'postgres' | 'redis'

export interface Json {
  [key: string]: any // oxlint-disable-line typescript/no-explicit-any -- answers are looked into freely by tests
}

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

export interface Person {
  id: number
  open(link: string): Promise<Json>
  messages(): Promise<Json[]>
}

/** The whole service in processes of its own, against the sandbox. */
export interface Stack {
  api: string
  sandbox: string
  database: TestDatabase
  adminKey: string
  key: string
  tenantId: string
  bot: { id: string; username: string; token: string }
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  control(method: string, path: string, body?: unknown): Promise<Answer>
  newPerson(firstName: string, languageCode?: string): Promise<Person>
  /** A person whose private chat is connected to a user, and who was welcomed. */
  connect(userId: string): Promise<Person>
  startWorker(env?: Record<string, string>): Promise<StartedProcess>
  workers: StartedProcess[]
  /** Everything that any of the processes has written. */
  output(): string
  stop(): Promise<void>
}

const program = (app: string): string => fileURLToPath(new URL(`../../apps/${app}/dist/main.js`, import.meta.url))

export async function startStack(
  options: { backend?: Backend; webhook?: boolean; env?: Record<string, string> } = {},
): Promise<Stack> {
  const database = await createTestDatabase()
  const redis: RedisServer | undefined = options.backend === 'redis' ? await startRedis() : undefined
  const secretKey = randomBytes(32).toString('base64')
  const filesDir = mkdtempSync(join(tmpdir(), 'tellwire-files-'))
  const processes: StartedProcess[] = []
  const start = async (app: string, env: Record<string, string>) => {
    const started = await startProcess(program(app), env)
    processes.push(started)
    return started
  }

  const sandboxProcess = await start('sandbox', { PORT: '0' })
  const sandbox = `http://127.0.0.1:${sandboxProcess.ready.port}`
  const env = {
    DATABASE_URL: database.url,
    DATABASE_ENGINE_URL: database.engineUrl,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    SECRET_KEY: secretKey,
    TELEGRAM_API_ROOT: sandbox,
    FILES_DIR: filesDir,
    ...options.env,
  }
  const port = options.webhook ? await findFreePort() : 0
  const apiProcess = await start('api', {
    ...env,
    PORT: String(port),
    ...(options.webhook ? { PUBLIC_URL: `http://127.0.0.1:${port}` } : {}),
  })
  const api = `http://127.0.0.1:${apiProcess.ready.port}`
  const workers: StartedProcess[] = []
  const startWorker = async (extra: Record<string, string> = {}) => {
    const worker = await start('worker', { ...env, ...extra })
    workers.push(worker)
    return worker
  }
  await startWorker()

  const adminKey = await makeAdminKey(database)
  const asAdmin = (method: string, path: string, body: unknown) =>
    send(api, method, path, body, { authorization: `Bearer ${adminKey}` })
  const tenant = await asAdmin('POST', '/admin/v1/tenants', { name: 'Acme & Söhne' })
  const issued = await asAdmin('POST', `/admin/v1/tenants/${tenant.body['id']}/keys`, { name: 'e2e', scopes })
  const key = issued.body['key'] as string

  const call: Stack['call'] = (method, path, body, headers) =>
    send(api, method, path, body, { authorization: `Bearer ${key}`, ...headers })
  const control: Stack['control'] = (method, path, body) => send(sandbox, method, `/sandbox/v1${path}`, body)
  const made = await control('POST', '/bots', {})
  const registered = await call('POST', '/v1/bots', { token: made.body['token'] })
  if (registered.status !== 201) throw new Error(`the bot was not registered: ${JSON.stringify(registered.body)}`)
  const bot = {
    id: registered.body['id'] as string,
    username: made.body['username'] as string,
    token: made.body['token'] as string,
  }

  const newPerson = async (firstName: string, languageCode?: string): Promise<Person> => {
    const person = await control('POST', '/people', {
      first_name: firstName,
      ...(languageCode ? { language_code: languageCode } : {}),
    })
    const id = person.body['id'] as number
    return {
      id,
      open: async (link) => (await control('POST', `/people/${id}/open`, { link })).body,
      messages: async () => (await control('GET', `/people/${id}/messages?bot=${bot.username}`)).body['data'] as Json[],
    }
  }
  const connect = async (userId: string): Promise<Person> => {
    const link = await call('POST', '/v1/connect-links', { user_id: userId })
    const person = await newPerson(userId)
    await person.open(link.body['url'] as string)
    await eventually(
      async () => (await call('GET', `/v1/connect-links/${link.body['id']}`)).body['status'],
      (status) => status === 'used',
    )
    await eventually(
      () => person.messages(),
      (messages) => messages.some((message) => message['from_bot']),
    )
    return person
  }

  return {
    api,
    sandbox,
    database,
    adminKey,
    key,
    tenantId: tenant.body['id'] as string,
    bot,
    call,
    control,
    newPerson,
    connect,
    startWorker,
    workers,
    output: () => processes.map((process) => process.output()).join(''),
    async stop() {
      const [sandboxProcess, ...services] = processes
      await Promise.all(services.map((process) => process.stop()))
      await sandboxProcess?.stop()
      await redis?.stop()
      rmSync(filesDir, { recursive: true, force: true })
    },
  }
}

/** Connects so many users, each with a chat of its own, and waits until their welcomes have arrived. */
export async function connectMany(stack: Stack, count: number): Promise<string[]> {
  const userIds = Array.from({ length: count }, (_, index) => `user_${index}`)
  const links = await Promise.all(userIds.map((userId) => stack.call('POST', '/v1/connect-links', { user_id: userId })))
  for (const [index, link] of links.entries()) {
    const person = await stack.newPerson(`Person ${index}`)
    await person.open(link.body['url'])
  }
  const welcomed = async () => {
    const { body } = await stack.control('GET', `/requests?bot=${stack.bot.username}`)
    return (body['data'] as Json[]).filter((request) => request['method'] === 'sendMessage' && request['accepted'])
      .length
  }
  await eventually(welcomed, (sent) => sent >= count, 90_000)
  return userIds
}

async function makeAdminKey(database: TestDatabase): Promise<string> {
  const db = connectDatabase({ url: database.url, poolMax: 1 })
  try {
    return (await issueAdminKey(db, 'e2e')).key
  } finally {
    await db.$disconnect()
  }
}

async function send(
  base: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Json) }
}
