import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** Any number that all runners share: it makes them wait for each other. */
const advisoryLockKey = 7_155_202_611

const createLedger = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY NOT NULL,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`

export class MigrationError extends Error {
  override name = 'MigrationError'
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

/** The migrations of a folder in Prisma's layout, in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Applies the migrations of `folder` that the database has not seen, one transaction each, and keeps
 * the same ledger as `prisma migrate deploy`, so that either can be used on one database. Runners that
 * start together wait for each other; where somebody reads for long, such as a dump, a migration is tried again for minutes.
 * @returns the names of what was applied.
 * @throws {MigrationError} when an applied migration's file was changed or is missing.
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = new pg.Client({ connectionString: url, application_name: 'tellwire-migrate' })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLockKey])
    await client.query(createLedger)
    const applied = await readLedger(client)
    assertUnchanged(migrations, applied)

    const fresh = migrations.filter(({ name }) => !applied.has(name))
    for (const migration of fresh) await apply(client, migration)
    return fresh.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

async function readLedger(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  )
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

function assertUnchanged(migrations: Migration[], applied: Map<string, string>): void {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]))
  for (const [name, checksum] of applied) {
    if (!known.has(name))
      throw new MigrationError(
        `The database has the migration ${name}, which this version does not know: it was made by a newer version.`,
      )
    if (known.get(name) !== checksum)
      throw new MigrationError(`The migration ${name} was changed after it was applied to this database.`)
  }
}

/** So long a migration waits for a lock, with everybody behind it who wants the same; then it gives way for a moment. */
const lockTimeoutMs = 3_000
const [againAfterMs, triesMax] = [1_000, 60]
/** Somebody reads for long, or two have waited for each other. */
const passingCodes = new Set(['55P03', '40P01'])

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await applyOnce(client, migration)
      return
    } catch (cause) {
      const isPassing = cause instanceof pg.DatabaseError && passingCodes.has(cause.code ?? '')
      if (!isPassing || tries === triesMax) {
        throw new MigrationError(
          `The migration ${migration.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        )
      }
      await delay(againAfterMs)
    }
  }
}

async function applyOnce(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`)
    await client.query(migration.sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    )
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK')
    throw cause
  }
}
