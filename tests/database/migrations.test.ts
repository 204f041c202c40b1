import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addPartitions, findStrayRows, migrate } from '@tellwire/db'
import { createTestDatabase, eventually } from '@tellwire/testing'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

const folder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

async function copyOfMigrations(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'tellwire-migrations-'))
  onTestFinished(() => rm(copy, { recursive: true, force: true }))
  await cp(folder, copy, { recursive: true })
  return copy
}

test('applies nothing twice, and keeps the ledger that Prisma keeps', async () => {
  const { ownerUrl } = await createTestDatabase()

  expect(await migrate(ownerUrl, folder)).toEqual([])
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const { rows } = await client.query(
    'SELECT migration_name, length(checksum) AS length, applied_steps_count FROM _prisma_migrations ORDER BY 1',
  )
  await client.end()
  const names = (await readdir(folder)).filter((name) => /^\d{14}_/.test(name)).toSorted()
  expect(rows).toEqual(names.map((name) => ({ migration_name: name, length: 64, applied_steps_count: 1 })))
})

test('applies a new migration once when several runners start together', async () => {
  const { ownerUrl } = await createTestDatabase()
  const copy = await copyOfMigrations()
  await cp(join(copy, '20261121000000_initial'), join(copy, '20990101000000_more'), { recursive: true })
  await writeFile(join(copy, '20990101000000_more', 'migration.sql'), 'CREATE TABLE more (id integer)')

  const applied = await Promise.all([1, 2, 3].map(() => migrate(ownerUrl, copy)))

  expect(applied.flat()).toEqual(['20990101000000_more'])
})

test('leaves nothing behind of a migration that fails', async () => {
  const { ownerUrl } = await createTestDatabase()
  const copy = await copyOfMigrations()
  await cp(join(copy, '20261121000000_initial'), join(copy, '20990101000000_bad'), { recursive: true })
  await writeFile(join(copy, '20990101000000_bad', 'migration.sql'), 'CREATE TABLE half (id integer); SELECT nonsense')

  await expect(migrate(ownerUrl, copy)).rejects.toThrow(/20990101000000_bad failed: column "nonsense" does not exist/)

  await writeFile(join(copy, '20990101000000_bad', 'migration.sql'), 'CREATE TABLE half (id integer)')
  expect(await migrate(ownerUrl, copy)).toEqual(['20990101000000_bad'])
})

test('waits behind somebody who reads for long for a moment at a time, and holds nobody up meanwhile', async () => {
  const { ownerUrl } = await createTestDatabase()
  const copy = await copyOfMigrations()
  await cp(join(copy, '20261121000000_initial'), join(copy, '20990101000000_more'), { recursive: true })
  await writeFile(join(copy, '20990101000000_more', 'migration.sql'), 'ALTER TABLE users ADD COLUMN more integer')
  const [reader, other] = [new pg.Client(ownerUrl), new pg.Client(ownerUrl)]
  await Promise.all([reader.connect(), other.connect()])
  await reader.query('BEGIN; SELECT FROM users')

  const migrating = migrate(ownerUrl, copy)
  const waits = async () =>
    (
      await other.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'tellwire-migrate' AND wait_event_type = 'Lock'",
      )
    ).rowCount === 1
  await eventually(waits)
  // Behind the migration, which waits for the reader.
  await other.query('SELECT FROM users')
  expect(await waits()).toBe(false)
  await reader.query('COMMIT')

  expect(await migrating).toEqual(['20990101000000_more'])
  await Promise.all([reader.end(), other.end()])
})

test('refuses a migration that was changed after it was applied', async () => {
  const { ownerUrl } = await createTestDatabase()
  const copy = await copyOfMigrations()
  await writeFile(join(copy, '20261121000000_initial', 'migration.sql'), 'SELECT 1')

  await expect(migrate(ownerUrl, copy)).rejects.toThrow(/was changed after it was applied/)
})

const fail = (error: unknown): never => {
  throw error
}

test('makes the partitions of coming weeks with the rights of the engine', async () => {
  const { engineUrl } = await createTestDatabase()
  const engine = new pg.Pool({ connectionString: engineUrl, max: 1 })

  // Those of four weeks are there from the start.
  expect(await addPartitions(engine, 28, fail)).toEqual([])
  expect((await addPartitions(engine, 42, fail)).toSorted()).toHaveLength(8)
  expect(await addPartitions(engine, 42, fail)).toEqual([])
  // Settling finds room on the pages of all of them.
  const { rows: settings } = await engine.query(
    `SELECT DISTINCT c.reloptions FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'deliveries'::regclass`,
  )
  expect(settings).toEqual([{ reloptions: ['fillfactor=50'] }])
  await engine.end()
})

test('makes no partition while somebody reads for long, and holds nobody up', async () => {
  const { ownerUrl, engineUrl } = await createTestDatabase()
  const engine = new pg.Pool({ connectionString: engineUrl, max: 2 })
  const reader = new pg.Client({ connectionString: ownerUrl })
  await reader.connect()
  await reader.query('BEGIN; SELECT count(*) FROM events')

  const errors: unknown[] = []
  const adding = addPartitions(engine, 42, (error) => errors.push(error))
  await engine.query("INSERT INTO events (tenant_id, type, data) VALUES (gen_random_uuid(), 'test', '{}')")

  // The reader stands in the way of one table alone, and only as long as it reads.
  expect(new Set((await adding).map((name) => name.replace(/_week_.*/, '')))).toEqual(
    new Set(['notifications', 'notification_contents', 'deliveries']),
  )
  expect(errors).toHaveLength(1)
  await reader.query('COMMIT')
  expect((await addPartitions(engine, 42, fail)).length).toBeGreaterThan(0)
  await reader.end()
  await engine.end()
})

test('a table without partitions writes into its default one, and gets partitions again for the weeks to come', async () => {
  const { ownerUrl, engineUrl } = await createTestDatabase()
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const { rows } = await owner.query<{ child: string }>(
    "SELECT inhrelid::regclass::text AS child FROM pg_inherits WHERE inhparent = 'events'::regclass AND inhrelid <> 'events_default'::regclass",
  )
  for (const { child } of rows) await owner.query(`DROP TABLE ${child}`)
  await owner.query("INSERT INTO events (tenant_id, type, data) VALUES (gen_random_uuid(), 'test', '{}')")
  const engine = new pg.Pool({ connectionString: engineUrl, max: 1 })

  expect(await findStrayRows(engine)).toEqual(['events'])
  expect((await addPartitions(engine, 28, fail)).length).toBeGreaterThanOrEqual(3)
  await owner.query("INSERT INTO events (tenant_id, type, data) VALUES (gen_random_uuid(), 'test', '{}')")
  expect((await owner.query('SELECT count(*)::int AS count FROM events_default')).rows).toEqual([{ count: 2 }])
  await engine.end()
  await owner.end()
})
