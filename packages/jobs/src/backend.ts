import {
  type BackendFactory,
  createPostgresBackend,
  type IQueueBackend,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import pg from 'pg'
import { connectToRedis } from './connect-redis.js'

const postgresSchema = 'bullmq'
const channel = 'tellwire_wake'
const listenAgainMs = 1_000

export interface JobBackendOptions {
  /** Redis, where it is given, in any of its forms; Postgres otherwise. */
  redisUrl?: string | undefined
  /** Straight to Postgres and through no pooler: its connections listen, and keep their settings. */
  databaseUrl: string
  /** Keeps apart several installations on one Redis. */
  prefix?: string
  onError: (error: Error) => void
}

/** Where the queues live. The only place that knows which of the two stores it is. */
export interface JobBackend {
  kind: 'redis' | 'postgres'
  createQueue(name: string): Queue
  createWorker(
    name: string,
    handler: (job: { data: unknown }) => Promise<void>,
    options: Partial<WorkerOptions>,
  ): Worker
  /**
   * Tells everyone who listens, as far as the store reaches them right now. Nothing is kept. What is urgent goes through the
   * database too, and whoever listens for it hears it from either.
   */
  publish(message: string, how: { isUrgent: boolean }): Promise<void>
  listen(onMessage: (message: string) => void, how: { isUrgent: boolean }): Listening
  /**
   * Adds to a count that goes away after some seconds. Absent where the store is the database, which counts in tables of
   * its own. @returns the count.
   */
  addToCount?: (key: string, amount: number, seconds: number) => Promise<number>
  /** What the store is set to do where it runs out of memory, and whether it keeps what it has on disk; absent where it is the database. */
  readSettings?: () => Promise<{ maxmemoryPolicy: string; isPersistent: boolean }>
  /** Whether the store answers right now. */
  ping(): Promise<boolean>
  close(): Promise<void>
}

export interface Listening {
  stop(): Promise<void>
}

export function connectJobs(options: JobBackendOptions): JobBackend {
  return options.redisUrl === undefined ? connectPostgres(options) : connectRedis(options.redisUrl, options)
}

/** Makes or updates BullMQ's tables. Once at deployment, before any process starts. */
export async function migrateJobs(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await runMigrations(client, postgresSchema)
  } finally {
    await client.end()
  }
}

function connectPostgres(options: JobBackendOptions): JobBackend {
  // All queues share one pool; every worker keeps one of its connections for LISTEN.
  const pool = openPool(options, {
    connectionString: options.databaseUrl,
    max: 12,
    application_name: 'tellwire-jobs',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    query_timeout: 30_000,
    options: `-c search_path=${postgresSchema}`,
  })
  const factory = createPostgresBackend as unknown as BackendFactory<IQueueBackend, QueueOptions['connection']>
  const connection = pool as unknown as QueueOptions['connection']

  return {
    kind: 'postgres',
    createQueue: (name) => new Queue(name, { connection }, factory) as unknown as Queue,
    createWorker: (name, handler, workerOptions) =>
      new Worker(name, handler, { ...workerOptions, connection }, factory) as unknown as Worker,
    publish: (message) => notify(pool, message),
    listen: (onMessage) => listenOnPostgres(options, onMessage),
    ping: async () => isAnswered(pool.query('SELECT 1')),
    close: async () => pool.end(),
  }
}

function connectRedis(url: string, options: JobBackendOptions): JobBackend {
  // A wake-up is a hint: while Redis is away it fails at once, instead of waiting in memory.
  const producing = connectToRedis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 2_000 })
  const consuming = connectToRedis(url, { maxRetriesPerRequest: null })
  const installation = options.prefix ?? 'tellwire'
  // BullMQ's scripts touch several keys of a queue, which a Cluster allows on one node only.
  const prefix = producing.isCluster ? `{${installation}}` : installation
  producing.on('error', options.onError)
  consuming.on('error', options.onError)
  // Connects when there is something urgent.
  const database = openPool(options, {
    connectionString: options.databaseUrl,
    max: 2,
    application_name: 'tellwire-jobs',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  })

  return {
    kind: 'redis',
    createQueue: (name) => new Queue(name, { connection: producing, prefix, skipWaitingForReady: true }),
    createWorker: (name, handler, workerOptions) =>
      new Worker(name, handler, { ...workerOptions, connection: consuming, prefix }),
    async publish(message, { isUrgent }) {
      const ways = [
        producing.publish(`${prefix}:${channel}`, message),
        ...(isUrgent ? [notify(database, message)] : []),
      ]
      const results = await Promise.allSettled(ways)
      for (const result of results) if (result.status === 'rejected') throw result.reason
    },
    listen(onMessage, { isUrgent }) {
      const byDatabase = isUrgent ? listenOnPostgres(options, onMessage) : undefined
      const listening = connectToRedis(url, { maxRetriesPerRequest: null })
      listening.on('error', options.onError)
      listening.on('message', (_channel, message) => onMessage(message))
      listening.subscribe(`${prefix}:${channel}`).catch(options.onError)
      return {
        async stop() {
          listening.disconnect()
          await byDatabase?.stop()
        },
      }
    },
    addToCount: async (key, amount, seconds) => {
      const name = `${prefix}:count:${key}`
      const [added] = (await producing.multi().incrby(name, amount).expire(name, seconds).exec()) ?? []
      const [error, count] = added ?? []
      if (error) throw error
      return Number(count)
    },
    async readSettings() {
      const policy = await producing.config('GET', 'maxmemory-policy')
      const saving = await producing.config('GET', 'appendonly')
      return { maxmemoryPolicy: valueOf(policy), isPersistent: valueOf(saving) === 'yes' }
    },
    ping: async () => isAnswered(producing.ping()),
    close: async () => {
      producing.disconnect()
      consuming.disconnect()
      await database.end()
    },
  }
}

/** A connection that is lost while BullMQ has it, and does not listen, would end the process. */
function openPool({ onError }: JobBackendOptions, settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(settings)
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

async function notify(pool: pg.Pool, message: string): Promise<void> {
  await pool.query('SELECT pg_notify($1, $2)', [channel, message])
}

/** Of the answer to CONFIG GET, which is the name and the value. */
function valueOf(answer: unknown): string {
  return Array.isArray(answer) ? String(answer[1]) : ''
}

/** One connection that listens, and is made again when it is lost. */
function listenOnPostgres(options: JobBackendOptions, onMessage: (message: string) => void): Listening {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const connect = async (): Promise<void> => {
    const connecting = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: 'tellwire-listen',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    })
    client = connecting
    connecting.on('notification', ({ payload }) => onMessage(payload ?? ''))
    connecting.on('error', options.onError)
    connecting.on('end', () => {
      if (!isStopped) timer = setTimeout(() => void connect(), listenAgainMs)
    })
    try {
      await connecting.connect()
      await connecting.query(`LISTEN ${channel}`)
    } catch (error) {
      options.onError(error instanceof Error ? error : new Error(String(error)))
      await connecting.end().catch(() => undefined)
    }
  }
  const first = connect()

  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await first
      await client?.end().catch(() => undefined)
    },
  }
}

async function isAnswered(question: Promise<unknown>): Promise<boolean> {
  const timeout = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), 2_000).unref()
  })
  const answer = question.then(
    () => true,
    () => false,
  )
  return Promise.race([answer, timeout])
}
