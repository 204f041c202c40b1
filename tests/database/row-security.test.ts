import { randomUUID } from 'node:crypto'
import { assertSeesOneTenant, connectForTenants } from '@tellwire/db'
import { createTestDatabase, eventually } from '@tellwire/testing'
import pg from 'pg'
import { expect, test as base } from 'vitest'

interface Lab {
  owner: pg.Client
  /** As the role that serves tenants' requests. */
  app: pg.Client
  url: string
  /** As the role of the service itself. */
  engineUrl: string
  /** Every table with rows of tenants, with the column that says whose they are. */
  tables: { table: string; column: string }[]
}

const [own, foreign] = [randomUUID(), randomUUID()]

/** A value that a column of a type takes; `$` is another for each tenant. What is not here is a number. */
const samples: Record<string, string> = {
  uuid: 'uuidv7()',
  text: "'x$'",
  bytea: "'\\x0$'",
  jsonb: "'{}'",
  date: 'current_date',
  bool: 'false',
  timestamptz: 'clock_timestamp()',
  xid8: 'pg_current_xact_id()',
}

const test = base.extend<{ lab: Lab }>({
  lab: [
    async ({}, use) => {
      const database = await createTestDatabase()
      const owner = new pg.Client({ connectionString: database.ownerUrl })
      const app = new pg.Client({ connectionString: database.url })
      await Promise.all([owner.connect(), app.connect()])
      const tables = await findTables(owner)
      await fill(owner, tables)
      await use({ owner, app, url: database.url, engineUrl: database.engineUrl, tables })
      await Promise.all([owner.end(), app.end()])
    },
    { scope: 'file' },
  ],
})

async function findTables(owner: pg.Client): Promise<Lab['tables']> {
  const { rows } = await owner.query<{ table: string; column: string }>(
    `SELECT c.relname AS table, a.attname AS column
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND (a.attname = 'tenant_id' OR (c.relname = 'tenants' AND a.attname = 'id'))
     ORDER BY 1`,
  )
  return rows
}

/** One row of each of two tenants in every table, whatever it says. */
async function fill(owner: pg.Client, tables: Lab['tables']): Promise<void> {
  const { rows: constraints } = await owner.query<{ drop: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint
     WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conislocal AND coninhcount = 0`,
  )
  for (const { drop } of constraints) await owner.query(drop)
  await owner.query("SET session_replication_role = 'replica'")
  for (const { table, column } of tables) {
    const { rows: needed } = await owner.query<{ name: string; type: string }>(
      `SELECT a.attname AS name, t.typname AS type FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
         AND a.attname <> $2`,
      [table, column],
    )
    for (const [index, tenantId] of [own, foreign].entries()) {
      // Unlike the other tenant's, where a value is the only one of its kind.
      const values = needed.map(({ type }) =>
        type.startsWith('_') ? "'{}'" : (samples[type] ?? "'$'").replace('$', String(index)),
      )
      await owner.query(
        `INSERT INTO ${table} (${[column, ...needed.map(({ name }) => name)].join(', ')})
         VALUES (${[`'${tenantId}'`, ...values].join(', ')})`,
      )
    }
  }
}

/** Runs in a transaction of a tenant, or of nobody, which is rolled back. */
async function as<Result>(app: pg.Client, tenantId: string | undefined, work: () => Promise<Result>): Promise<Result> {
  await app.query('BEGIN')
  try {
    if (tenantId !== undefined) await app.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId])
    return await work()
  } finally {
    await app.query('ROLLBACK')
  }
}

test('every table with rows of tenants has policies that hold for its owner too', async ({ lab }) => {
  const { rows } = await lab.owner.query<{ table: string }>(
    `SELECT relname AS table FROM pg_class
     WHERE relname = ANY ($1) AND relnamespace = 'public'::regnamespace
       AND NOT (relrowsecurity AND relforcerowsecurity)`,
    [lab.tables.map(({ table }) => table)],
  )

  expect(lab.tables.length).toBeGreaterThan(35)
  expect(rows).toEqual([])
})

test('in every table a tenant sees, changes and deletes its own rows alone, and makes none for another', async ({
  lab,
}) => {
  const { app, tables } = lab
  for (const { table, column } of tables) {
    const look = async () => (await app.query<{ id: string }>(`SELECT ${column} AS id FROM ${table}`)).rows
    expect(await as(app, undefined, look), table).toEqual([])
    expect(await as(app, own, look), table).toEqual([{ id: own }])
    const isForeign = `WHERE ${column} = '${foreign}'`
    const write = (sql: string) => as(app, own, async () => (await app.query(sql)).rowCount)
    expect(await write(`UPDATE ${table} SET ${column} = ${column} ${isForeign}`), table).toBe(0)
    await expect(write(`UPDATE ${table} SET ${column} = '${foreign}'`), table).rejects.toThrow(
      /row-level security|stay as they are/,
    )
    if (table !== 'tenants') expect(await write(`DELETE FROM ${table} ${isForeign}`), table).toBe(0)
  }
})

test('what is of no tenant is closed, and so is every partition, also one that is made later', async ({ lab }) => {
  const { rows: made } = await lab.owner.query<{ name: string }>("SELECT add_partition('events', 100) AS name")
  const { rows } = await lab.owner.query<{ table: string }>(
    `SELECT relname AS table FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
       AND (relispartition OR relname IN ('admin_keys', 'lasting_keys', 'updates', 'workers'))`,
  )

  const tables = rows.map(({ table }) => table)
  expect(tables).toEqual(expect.arrayContaining([made[0]?.name, 'events_default', 'admin_keys']))
  for (const table of tables) {
    await expect(lab.app.query(`SELECT FROM ${table}`), table).rejects.toThrow('permission denied')
  }
})

test('what acts with the rights of the owner is for the service alone', async ({ lab }) => {
  const { rows } = await lab.owner.query<{ name: string; is_allowed: boolean }>(
    `SELECT proname AS name, has_function_privilege('tellwire_app', oid, 'EXECUTE') AS is_allowed FROM pg_proc
     WHERE prosecdef AND pronamespace = 'public'::regnamespace`,
  )

  expect(rows.map(({ name }) => name)).toContain('drop_partition')
  expect(rows.filter((row) => row.is_allowed)).toEqual([])
})

test('shared bots are seen by all, and changed by none', async ({ lab }) => {
  const { owner, app } = lab
  await owner.query('UPDATE bots SET tenant_id = NULL WHERE tenant_id = $1', [foreign])

  const seen = await as(app, own, async () => (await app.query('SELECT tenant_id FROM bots ORDER BY 1')).rows)
  expect(seen).toEqual([{ tenant_id: own }, { tenant_id: null }])
  for (const sql of ['DELETE FROM bots WHERE tenant_id IS NULL', 'UPDATE bots SET rate = 1 WHERE tenant_id IS NULL']) {
    expect(await as(app, own, async () => (await app.query(sql)).rowCount)).toBe(0)
  }
})

test('side by side, on one connection or many, each tenant has its own rows', async ({ lab }) => {
  const tenants = connectForTenants({ url: lab.url, poolMax: 2 })
  const ways = [
    async (tenantId: string) => (await tenants.forTenant(tenantId).tenant.findMany()).map(({ id }) => id),
    (tenantId: string) =>
      tenants.forTenant(tenantId).$transaction(async (on) => (await on.tenant.findMany()).map(({ id }) => id)),
    async (tenantId: string) => [
      (await tenants.forTenant(tenantId).tenant.findUnique({ where: { id: tenantId } }))?.id,
    ],
    async (tenantId: string) =>
      (await tenants.forTenant(tenantId).$queryRaw<{ id: string }[]>`SELECT id FROM tenants`).map(({ id }) => id),
  ]
  const calls = Array.from({ length: 80 }, async (_, index) => {
    const tenantId = index % 3 === 0 ? own : foreign
    expect(await ways[index % ways.length]?.(tenantId)).toEqual([tenantId])
  })

  await Promise.all(calls)
  await tenants.disconnect()
})

test('a statement that fails leaves nothing behind on its connection', async ({ lab }) => {
  const tenants = connectForTenants({ url: lab.url, poolMax: 1, applicationName: 'failing' })
  const db = tenants.forTenant(own)

  await expect(db.$queryRaw`SELECT 1 / 0`).rejects.toThrow('division by zero')
  await expect(db.tenant.create({ data: { name: 'x' } as never })).rejects.toThrow()
  await expect(
    db.topic.update({ where: { tenantId_name: { tenantId: foreign, name: 'x0' } }, data: { title: 'x' } }),
  ).rejects.toThrow()
  expect((await db.tenant.findMany()).map(({ id }) => id)).toEqual([own])
  const { rows } = await lab.owner.query("SELECT state FROM pg_stat_activity WHERE application_name = 'failing'")
  expect(rows).toEqual([{ state: 'idle' }])
  await tenants.disconnect()
})

test('what loses its connection fails, and the next one gets another', async ({ lab }) => {
  const tenants = connectForTenants({ url: lab.url, poolMax: 1, applicationName: 'lost' })
  const db = tenants.forTenant(own)
  const sleeping = db.$queryRaw`SELECT 1 FROM pg_sleep(30)`
  sleeping.catch(() => undefined)
  await eventually(
    async () =>
      (
        await lab.owner.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lost' AND wait_event = 'PgSleep'",
        )
      ).rowCount,
  )

  await expect(sleeping).rejects.toThrow()
  expect(await db.tenant.count()).toBe(1)
  await tenants.disconnect()
})

test('a service does not start where the role that serves tenants sees them all', async ({ lab }) => {
  const bound = connectForTenants({ url: lab.url, poolMax: 1 })
  const unbound = connectForTenants({ url: lab.engineUrl, poolMax: 1 })

  await expect(assertSeesOneTenant(bound)).resolves.toBeUndefined()
  await expect(assertSeesOneTenant(unbound)).rejects.toThrow('DATABASE_URL leads to a role that sees all tenants')
  await Promise.all([bound.disconnect(), unbound.disconnect()])
})
