import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensurePartitions, migrate } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
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

test('refuses a migration that was changed after it was applied', async () => {
  const { ownerUrl } = await createTestDatabase()
  const copy = await copyOfMigrations()
  await writeFile(join(copy, '20261121000000_initial', 'migration.sql'), 'SELECT 1')

  await expect(migrate(ownerUrl, copy)).rejects.toThrow(/was changed after it was applied/)
})

test('makes the partitions of coming days with the rights of the engine', async () => {
  const { engineUrl } = await createTestDatabase()
  const engine = new pg.Pool({ connectionString: engineUrl, max: 1 })

  expect(await ensurePartitions(engine, 9)).toBe(10)
  expect(await ensurePartitions(engine, 9)).toBe(0)
  await engine.end()
})
