import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connectEngine, ensureRoles, migrate } from '@tellwire/db'
import { startPostgres, type PostgresServer } from '@tellwire/embedded-postgres'
import { migrateJobs } from '@tellwire/jobs'
import { findRedisServer, startRedis } from '@tellwire/testing/redis-server'
import { Redis } from 'ioredis'
import pg from 'pg'
import { killPrograms, type Program, readTreeCpuMs, runProgram } from './program.js'
import { type FakeTelegram, startFakeTelegram } from './telegram/fake-telegram.js'

const template = 'tellwire_bench'
const redisDatabases = 16
const roleNames = { app: 'tellwire_app', engine: 'tellwire_engine' }

/** A database of its own, as the services see it, and the environment that they are started with. */
export interface Place {
  ownerUrl: string
  url: string
  engineUrl: string
  secretKey: string
  /** Connections of the benchmark itself. */
  owner: pg.Pool
  engine: pg.Pool
  env: Record<string, string>
  close(): Promise<void>
}

/** Private servers in a temporary folder: Postgres, Redis, and the stand-in for Telegram. */
export interface Lab {
  isQuick: boolean
  redisUrl: string
  redis: Redis
  postgres: PostgresServer
  telegram: FakeTelegram
  folder: string
  createPlace(): Promise<Place>
  startApi(place: Place, env?: Record<string, string>): Promise<Program>
  startWorker(place: Place, env?: Record<string, string>, execArgv?: string[]): Promise<Program>
  startContender(name: string, place: Place, env?: Record<string, string>): Promise<Program>
  redisPid: number
  /** CPU time of all of the server's processes, also of those that have ended. */
  postgresCpuMs(): Promise<number>
  /** Changes a setting of the running server. */
  setPostgres(name: string, value: string): Promise<void>
  restartPostgres(): Promise<void>
  stopRedis(): Promise<void>
  startRedis(): Promise<void>
  close(): Promise<void>
}

/** As the Dockerfile starts it. */
const apiFlags = ['--max-semi-space-size=32']
const imageEnv = { MALLOC_ARENA_MAX: '2' }

/** @throws where this machine has no `redis-server`. */
export async function createLab(isQuick: boolean, settings: Record<string, string> = {}): Promise<Lab> {
  if (!findRedisServer()) {
    console.error('This needs redis-server, which is not installed: on Debian, apt-get install redis-server.')
    process.exit(1)
  }
  const folder = await mkdtemp(join(tmpdir(), 'tellwire-bench-'))
  const serverPids = new Set<() => number>([() => postmasterPid(folder)])
  const folders = new Set<() => string>([() => folder])
  cleanUpAtExit(folders, serverPids)
  const postgresOptions = {
    dataDir: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    password: randomBytes(12).toString('hex'),
    settings: { shared_buffers: '512MB', max_wal_size: '8GB', checkpoint_timeout: '30min', ...settings },
  }
  let postgres = await startPostgres(postgresOptions)
  let redisServer = await startRedis()
  serverPids.add(() => redisServer.pid)
  folders.add(() => redisServer.folder)
  const { port: redisPort, url: redisUrl } = redisServer
  const redis = new Redis(redisUrl, { retryStrategy: () => 200, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  const telegram = await startFakeTelegram()
  const passwords = { app: randomBytes(12).toString('hex'), engine: randomBytes(12).toString('hex') }
  const secretKey = randomBytes(32).toString('base64')

  const serverUrl = postgres.url('postgres')
  await createDatabase(serverUrl, template)
  await migrate(postgres.url(template), fileURLToPath(new URL('../../prisma/migrations', import.meta.url)))
  await migrateJobs(postgres.url(template))
  await ensureRoles(postgres.url(template), passwords)

  let places = 0
  const lab: Lab = {
    isQuick,
    redisUrl,
    redis,
    get postgres() {
      return postgres
    },
    telegram,
    folder,
    async createPlace() {
      const name = `bench_${randomBytes(6).toString('hex')}`
      await createDatabase(serverUrl, name, template)
      const ownerUrl = postgres.url(name)
      const urlOf = (role: 'app' | 'engine'): string => {
        const url = new URL(ownerUrl)
        url.username = roleNames[role]
        url.password = passwords[role]
        return url.href
      }
      const [url, engineUrl] = [urlOf('app'), urlOf('engine')]
      const owner = new pg.Pool({ connectionString: ownerUrl, max: 4 })
      owner.on('error', () => undefined)
      const engine = connectEngine({ url: engineUrl, poolMax: 4, applicationName: 'tellwire-bench' })
      return {
        ownerUrl,
        url,
        engineUrl,
        secretKey,
        owner,
        engine,
        env: {
          DATABASE_URL: url,
          DATABASE_ENGINE_URL: engineUrl,
          // Databases of one Redis: what one stack's queue holds is nothing to another's worker.
          REDIS_URL: `${redisUrl}/${places++ % redisDatabases}`,
          SECRET_KEY: secretKey,
          TELEGRAM_API_ROOT: telegram.root,
        },
        async close() {
          await Promise.all([owner.end(), engine.end()])
        },
      }
    },
    startApi: (place, env = {}) =>
      runProgram(
        new URL('../../apps/api/bundle/main.js', import.meta.url),
        { ...imageEnv, ...place.env, PORT: '0', ...env },
        apiFlags,
      ),
    startWorker: (place, env = {}, execArgv = []) =>
      runProgram(
        new URL('../../apps/worker/bundle/main.js', import.meta.url),
        { ...imageEnv, ...place.env, ...env },
        execArgv,
      ),
    startContender: (name, place, env = {}) =>
      runProgram(
        new URL(`contenders/${name}.js`, import.meta.url),
        { ...imageEnv, ...place.env, PORT: '0', ...env },
        // What it gains by them is not our doing.
        apiFlags,
      ),
    get redisPid() {
      return redisServer.pid
    },
    postgresCpuMs: async () => {
      return readTreeCpuMs(postmasterPid(folder))
    },
    async setPostgres(name, value) {
      const client = new pg.Client({ connectionString: postgres.url() })
      await client.connect()
      await client.query(`ALTER SYSTEM SET ${name} = ${value}`)
      await client.query('SELECT pg_reload_conf()')
      await client.end()
      await delay(200)
    },
    async restartPostgres() {
      await postgres.stop()
      postgres = await startPostgres({ ...postgresOptions, port: postgres.port })
    },
    async stopRedis() {
      await redisServer.stop()
    },
    async startRedis() {
      redisServer = await startRedis(redisPort)
    },
    async close() {
      redis.disconnect()
      await telegram.stop()
      await redisServer.stop()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return lab
}

function postmasterPid(folder: string): number {
  const [pid = ''] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  return Number(pid)
}

/** However the run ends, by itself, by a mistake or by whoever interrupts it: no process and no folder stays behind. */
function cleanUpAtExit(folders: ReadonlySet<() => string>, serverPids: ReadonlySet<() => number>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  process.on('exit', () => {
    killPrograms()
    for (const pidOf of serverPids) {
      try {
        process.kill(pidOf(), 'SIGQUIT')
      } catch {
        // It has ended.
      }
    }
    for (const folderOf of folders) {
      rmSync(folderOf(), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    }
  })
}

async function createDatabase(serverUrl: string, name: string, from?: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${name}${from === undefined ? '' : ` TEMPLATE ${from}`}`)
  } finally {
    await client.end()
  }
}
