import type { Database } from '../client.js'
import { nilUuid } from '../ids.js'

/** A table that has rows of its own: a partition, or one that has none. */
export interface StoredTable {
  name: string
  columns: ReadonlySet<string>
}

/** Tables whose rows stay: each tenant's own, the audit, and the erasures themselves. */
const kept = ['tenants', 'audit_entries', 'audit_chains', 'erasures']

/** Finds the tables in the database's own catalogue, so that none that is added later is left out. */
export async function findTables(db: Database): Promise<StoredTable[]> {
  const rows = await db.$queryRaw<{ name: string; columns: string[] }[]>`
    SELECT c.relname::text AS name, array_agg(a.attname::text) AS columns
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL (${kept})
    GROUP BY c.relname ORDER BY c.relname`
  return rows.map(({ name, columns }) => ({ name, columns: new Set(columns) }))
}

/** How many rows were removed of which table, partitions of one together. */
export type Removed = Record<string, number>

export interface Removal {
  /** SQL of which rows, with parameters from `$1` on. */
  where: string
  values: readonly unknown[]
  removed: Removed
  /** Is called before each slice; whatever it throws ends the removal. */
  beforeSlice?: (() => Promise<void>) | undefined
}

const removedAtOnce = 2_000
const foreignKeyViolation = /23503/

/** 8 MiB: no statement looks at more for rows to which no index leads. */
const blocksAtOnce = 1_024

/** Removes rows to which no index leads, from one end of a table to the other: each part of it is read until nothing is left there. */
export async function removeRowsByBlocks(db: Database, table: StoredTable, what: Removal): Promise<void> {
  const [size] = await db.$queryRawUnsafe<{ blocks: number }[]>(
    `SELECT (pg_relation_size('"${table.name}"'::regclass) / current_setting('block_size')::int)::int AS blocks`,
  )
  const blocks = size?.blocks ?? 0
  for (let from = 0; from < blocks; from += blocksAtOnce) {
    const part = `ctid >= '(${from},0)'::tid AND ctid < '(${from + blocksAtOnce},0)'::tid`
    await removeRows(db, table, { ...what, where: `${part} AND (${what.where})` })
  }
}

/** Removes rows slice by slice, so that nobody waits for long. */
export async function removeRows(
  db: Database,
  table: StoredTable,
  { where, values, removed, beforeSlice }: Removal,
): Promise<void> {
  // The name is the catalogue's own.
  const name = `"${table.name}"`
  const statement = `DELETE FROM ${name} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${name} WHERE ${where} LIMIT ${removedAtOnce}))`
  for (;;) {
    await beforeSlice?.()
    const count = await db.$executeRawUnsafe(statement, ...values)
    // A row that was changed meanwhile is found the next time.
    if (count === 0) return
    const parent = parentOf(table.name)
    removed[parent] = (removed[parent] ?? 0) + count
  }
}

/** No statement looks at more of a tenant's rows for those that are a person's, to whom no index leads. */
const lookedAtOnce = 20_000

/** A place in a tenant's tables: they have nothing before it that was written since. */
export interface Place {
  xid: string
  id: string
}

const start: Place = { xid: '0', id: nilUuid }

/** A part of a tenant's rows in a table. */
export interface Stretch {
  /** SQL of which they are. @param next the number of its first parameter. */
  where: (next: number) => string
  values: string[]
}

/**
 * Goes through a tenant's rows of a partition, or of a table, in the order of its key.
 * @param from where it begins.
 */
export async function* stretchesOf(
  db: Database,
  { name, columns }: StoredTable,
  tenantId: string,
  from: Place = start,
): AsyncGenerator<Stretch> {
  const key = keyOf(columns, from)
  const names = key.map(({ column }) => column).join(', ')
  const parameters = (first: number): string => key.map(({ type }, index) => `$${first + index}::${type}`).join(', ')
  let after = key.map(({ lowest }) => lowest)
  for (;;) {
    const [end] = await db.$queryRawUnsafe<Record<string, string>[]>(
      `SELECT ${key.map(({ column }) => `${column}::text`).join(', ')} FROM "${name}"
       WHERE tenant_id = $1::uuid AND (${names}) > (${parameters(2)})
       ORDER BY ${names} OFFSET ${lookedAtOnce - 1} LIMIT 1`,
      tenantId,
      ...after,
    )
    const upTo = end && key.map(({ column }) => end[column] ?? '')
    yield {
      where: (next) =>
        `(${names}) > (${parameters(next)})${upTo ? ` AND (${names}) <= (${parameters(next + key.length)})` : ''}`,
      values: [...after, ...(upTo ?? [])],
    }
    if (!upTo) return
    after = upTo
  }
}

/** Events are kept in the order in which they are read; answers of requests have the key that their request had. */
function keyOf(columns: ReadonlySet<string>, from: Place): { column: string; type: string; lowest: string }[] {
  const id = { column: 'id', type: 'uuid', lowest: from.id }
  if (columns.has('xid')) return [{ column: 'xid', type: 'xid8', lowest: from.xid }, id]
  return columns.has('id') ? [id] : [{ column: 'key', type: 'text', lowest: '' }]
}

/** Removes rows of a tenant's, of what is partitioned stretch by stretch. @param what `$1` is the tenant. */
export async function removeOfTenant(
  db: Database,
  tables: readonly StoredTable[],
  what: Removal,
  from?: Place,
): Promise<void> {
  const isWalked = ({ name, columns }: StoredTable): boolean => parentOf(name) !== name && columns.has('id')
  const [tenantId] = what.values as [string]
  for (const table of tables.filter(isWalked)) {
    for await (const { where, values } of stretchesOf(db, table, tenantId, from)) {
      await removeFromAll(db, [table], {
        ...what,
        where: `(${what.where}) AND ${where(what.values.length + 1)}`,
        values: [...what.values, ...values],
      })
    }
  }
  await removeFromAll(
    db,
    tables.filter((table) => !isWalked(table)),
    what,
  )
}

/** The table that a partition is of, or the table itself. */
export function parentOf(name: string): string {
  return name.replace(/_(?:default|week_\d{8}|\d{8})$/, '')
}

/** Removes rows of several tables in any order: one that others still refer to is tried again after them. */
export async function removeFromAll(db: Database, tables: readonly StoredTable[], what: Removal): Promise<void> {
  let left = tables
  while (left.length > 0) {
    const referred: StoredTable[] = []
    let lastError: unknown
    for (const table of left) {
      await removeRows(db, table, what).catch((error: unknown) => {
        if (!foreignKeyViolation.test(String(error))) throw error
        lastError = error
        referred.push(table)
      })
    }
    if (referred.length === left.length) throw lastError
    left = referred
  }
}
