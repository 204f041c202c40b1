import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectDatabase } from '@tellwire/db'
import { issueAdminKey } from '@tellwire/domain'
import { connectJobs } from '@tellwire/jobs'
import {
  createTestDatabase,
  eventually,
  findFreePort,
  type RedisServer,
  startProcess,
  type StartedProcess,
  startRedis,
  startTransactionPooler,
  type TransactionPooler,
  type TestDatabase,
} from '@tellwire/testing'

export type Backend = 'postgres' | 'redis'

export interface ServiceOptions {
  backend?: Backend
  webhook?: boolean
  /** Lets all but what has to come straight to Postgres come through this many connections of each role. */
  pooledBy?: number
  env?: Record<string, string>
}

/** The whole service in processes of its own, against the sandbox, and nobody in it yet. */
export interface Services {
  api: string
  sandbox: string
  database: TestDatabase
  pooler: TransactionPooler | undefined
  /** Where the queue is, if it is on Redis. */
  redis: RedisServer | undefined
  adminKey: string
  /** The installation's, from which secrets follow. */
  secretKey: string
  startWorker(env?: Record<string, string>): Promise<StartedProcess>
  /** One more process of the API. @returns where it is. */
  startApi(env?: Record<string, string>): Promise<string>
  /** Lets a queue take work that nobody does. @returns what ends that. */
  pauseQueue(name: string): Promise<() => Promise<void>>
  workers: StartedProcess[]
  /** Those of the API, the first of which is at `api`. */
  apis: StartedProcess[]
  /** Everything that any of the processes has written. */
  output(): string
  stop(): Promise<void>
}

const program = (app: string): string => fileURLToPath(new URL(`../../apps/${app}/bundle/main.js`, import.meta.url))

export async function startServices(options: ServiceOptions = {}): Promise<Services> {
  const processes: StartedProcess[] = []
  const start = async (app: string, env: Record<string, string>) => {
    const started = await startProcess(program(app), env)
    processes.push(started)
    return started
  }
  const [database, redis, sandboxProcess] = await Promise.all([
    createTestDatabase(),
    options.backend === 'redis' ? startRedis() : undefined,
    start('sandbox', { PORT: '0' }),
  ])
  const sandbox = `http://127.0.0.1:${sandboxProcess.ready.port}`
  const secretKey = randomBytes(32).toString('base64')
  const pooler =
    options.pooledBy === undefined
      ? undefined
      : await startTransactionPooler([database.url, database.engineUrl], options.pooledBy)
  const filesDir = mkdtempSync(join(tmpdir(), 'tellwire-files-'))
  const env = {
    DATABASE_URL: pooler?.through(database.url) ?? database.url,
    DATABASE_ENGINE_URL: pooler?.through(database.engineUrl) ?? database.engineUrl,
    DATABASE_DIRECT_URL: database.engineUrl,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    SECRET_KEY: secretKey,
    TELEGRAM_API_ROOT: sandbox,
    FILES_DIR: filesDir,
    ALLOWED_PRIVATE_HOSTS: 'localhost',
    ...options.env,
  }
  const port = options.webhook ? await findFreePort() : 0
  const workers: StartedProcess[] = []
  const startWorker = async (extra: Record<string, string> = {}) => {
    const worker = await start('worker', { ...env, ...extra })
    workers.push(worker)
    return worker
  }
  const [apiProcess, adminKey] = await Promise.all([
    start('api', {
      ...env,
      PORT: String(port),
      ...(options.webhook ? { PUBLIC_URL: `http://127.0.0.1:${port}` } : {}),
    }),
    makeAdminKey(database),
    startWorker(),
  ])
  const api = `http://127.0.0.1:${apiProcess.ready.port}`
  const apis = [apiProcess]

  return {
    api,
    sandbox,
    database,
    pooler,
    redis,
    adminKey,
    secretKey,
    async pauseQueue(name) {
      const redisUrl = redis?.url
      const jobs = connectJobs({ redisUrl, databaseUrl: database.engineUrl, onError: () => undefined })
      // A queue that is made before there is a connection is of no use.
      await eventually(() => jobs.ping())
      const queue = jobs.createQueue(name)
      await queue.pause()
      return async () => {
        await queue.resume()
        await queue.close()
        await jobs.close()
      }
    },
    startWorker,
    async startApi(extra = {}) {
      const started = await start('api', { ...env, PORT: '0', ...extra })
      apis.push(started)
      return `http://127.0.0.1:${started.ready.port}`
    },
    workers,
    apis,
    output: () => processes.map((process) => process.output()).join(''),
    async stop() {
      const [sandboxProcess, ...services] = processes
      await Promise.all(services.map((process) => process.stop()))
      await sandboxProcess?.stop()
      await redis?.stop()
      await pooler?.stop()
      rmSync(filesDir, { recursive: true, force: true })
    },
  }
}

const shared = new Map<Backend, Promise<Services>>()

/** Services that several files of tests use, one after the other. They end with the process that runs the tests. */
export function shareServices(backend: Backend = 'postgres'): Promise<Services> {
  // By this Vitest ends the process, and an end in order ends what belongs to it.
  if (shared.size === 0) process.once('SIGTERM', () => process.exit())
  const known = shared.get(backend) ?? startServices({ backend })
  shared.set(backend, known)
  return known
}

async function makeAdminKey(database: TestDatabase): Promise<string> {
  const db = connectDatabase({ url: database.engineUrl, poolMax: 1 })
  try {
    return (await issueAdminKey(db, { name: 'e2e' })).key
  } finally {
    await db.$disconnect()
  }
}
