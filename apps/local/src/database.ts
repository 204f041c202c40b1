import { fileURLToPath } from 'node:url'
import { appRole, engineRole, ensureRoles, migrate } from '@tellwire/db'
import { type PostgresServer, startPostgres } from '@tellwire/embedded-postgres'
import pg from 'pg'
import type { DataFolder } from './data-folder.js'
import { StartError } from './start-error.js'

const databaseName = 'tellwire'
const migrations = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

export interface LocalDatabase {
  url: string
  engineUrl: string | undefined
  server: PostgresServer | undefined
}

/** A Postgres of our own in the data folder, with the tables and the two roles. */
export async function startDatabase(folder: DataFolder, signal: AbortSignal): Promise<LocalDatabase> {
  const { secrets } = folder
  const server = await startPostgres({
    dataDir: folder.path('postgres'),
    password: secrets.postgres,
    logFile: folder.path('logs/postgres.log'),
    signal,
  })
  try {
    await createDatabase(server.url())
    await prepareDatabase(server.url(databaseName))
    await ensureRoles(server.url(databaseName), secrets)
  } catch (error) {
    await server.stop()
    throw error
  }
  const as = (role: string, password: string): string =>
    `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${databaseName}`
  return { url: as(appRole, secrets.app), engineUrl: as(engineRole, secrets.engine), server }
}

/** The same tables in a database that somebody else runs. */
export async function useDatabase(url: string): Promise<LocalDatabase> {
  await prepareDatabase(url).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
    throw new StartError(
      `The database of DATABASE_URL cannot be used (${code}): check that it runs and that its user owns it.`,
      { cause },
    )
  })
  return { url, engineUrl: undefined, server: undefined }
}

async function prepareDatabase(url: string): Promise<void> {
  await migrate(url, migrations)
  // Loaded here, while Postgres is busy anyway: it takes most of a second.
  const { migrateJobs } = await import('@tellwire/jobs')
  await migrateJobs(url)
}

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`)
  } finally {
    await client.end()
  }
}
