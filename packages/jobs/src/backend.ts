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
import { Redis } from 'ioredis'
import pg from 'pg'

const postgresSchema = 'bullmq'

export interface JobBackendOptions {
  /** Redis, where it is given; Postgres otherwise. */
  redisUrl?: string | undefined
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
  /** Whether the store answers right now. */
  ping(): Promise<boolean>
  close(): Promise<void>
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
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: 12,
    application_name: 'tellwire-jobs',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    options: `-c search_path=${postgresSchema}`,
  })
  pool.on('error', options.onError)
  const factory = createPostgresBackend as unknown as BackendFactory<IQueueBackend, QueueOptions['connection']>
  const connection = pool as unknown as QueueOptions['connection']

  return {
    kind: 'postgres',
    createQueue: (name) => new Queue(name, { connection }, factory) as unknown as Queue,
    createWorker: (name, handler, workerOptions) =>
      new Worker(name, handler, { ...workerOptions, connection }, factory) as unknown as Worker,
    ping: async () => isAnswered(pool.query('SELECT 1')),
    close: async () => pool.end(),
  }
}

function connectRedis(url: string, options: JobBackendOptions): JobBackend {
  const prefix = options.prefix ?? 'tellwire'
  // A wake-up is a hint: while Redis is away it fails at once, instead of waiting in memory.
  const producing = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 2_000,
    retryStrategy,
  })
  const consuming = new Redis(url, { maxRetriesPerRequest: null, retryStrategy })
  producing.on('error', options.onError)
  consuming.on('error', options.onError)

  return {
    kind: 'redis',
    createQueue: (name) => new Queue(name, { connection: producing, prefix, skipWaitingForReady: true }),
    createWorker: (name, handler, workerOptions) =>
      new Worker(name, handler, { ...workerOptions, connection: consuming, prefix }),
    ping: async () => isAnswered(producing.ping()),
    close: async () => {
      producing.disconnect()
      consuming.disconnect()
    },
  }
}

function retryStrategy(attempt: number): number {
  return Math.min(attempt * 100, 2_000)
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
