import type { Transaction } from './client.js'

/** A table with columns in which secrets are sealed. */
export interface SealedTable {
  name: string
  /** The columns of its primary key, with the types of SQL. */
  key: Record<string, 'uuid' | 'text'>
  columns: readonly string[]
  /** Further columns that are read, since the place of a secret follows from them. */
  reads?: readonly string[]
  /** The SQL of which rows have secrets; undefined for all. */
  where?: string
  /** The SQL of what else is set where a secret is sealed anew. */
  alsoSets?: string
}

/** All of them: a test looks for others in the catalogue. */
export const sealedTables = {
  lastingKeys: { name: 'lasting_keys', key: { id: 'text' }, columns: ['sealed'] },
  bots: {
    name: 'bots',
    key: { id: 'uuid' },
    columns: ['token_sealed'],
    reads: ['tenant_id', 'telegram_id'],
    where: "status <> 'deleted'",
    // The secret of its webhook follows from the key: Telegram is told the new one.
    alsoSets: 'webhook_secret_version = webhook_secret_version + 1, webhook_due_at = clock_timestamp()',
  },
  webhookEndpoints: {
    name: 'webhook_endpoints',
    key: { tenant_id: 'uuid', id: 'uuid' },
    columns: ['secret_sealed', 'previous_secret_sealed', 'headers_sealed'],
  },
  idempotencyKeys: { name: 'idempotency_keys', key: { tenant_id: 'uuid', key: 'text' }, columns: ['result_sealed'] },
} satisfies Record<string, SealedTable>

/** A row with its key and its sealed columns, by the names of SQL. */
export type SealedRow = Record<string, string | bigint | Uint8Array | null>

/**
 * Reads rows of which a secret begins with other bytes than `mark`, in the order of the key.
 * @param after the row after which to begin; undefined for the first.
 */
export async function readFormerlySealed(
  db: Transaction,
  table: SealedTable,
  { mark, after, countMax }: { mark: Uint8Array; after?: SealedRow | undefined; countMax: number },
): Promise<SealedRow[]> {
  const keys = Object.keys(table.key)
  const place = keys.map((key, index) => `$${index + 3}::${table.key[key]}`).join(', ')
  const columns = [...keys, ...(table.reads ?? []).filter((column) => !keys.includes(column)), ...table.columns]
  return db.$queryRawUnsafe<SealedRow[]>(
    `SELECT ${columns.join(', ')} FROM ${table.name}
    WHERE ${isFormerlySealed(table)} ${after ? `AND (${keys.join(', ')}) > (${place})` : ''}
    ORDER BY ${keys.join(', ')} LIMIT $2`,
    mark,
    countMax,
    ...(after ? keys.map((key) => after[key]) : []),
  )
}

/** Counts such rows, up to `countMax`. */
export async function countFormerlySealed(
  db: Transaction,
  table: SealedTable,
  { mark, countMax }: { mark: Uint8Array; countMax: number },
): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM (SELECT FROM ${table.name} WHERE ${isFormerlySealed(table)} LIMIT $2) f`,
    mark,
    countMax,
  )
  return row?.count ?? 0
}

/** Puts a secret that was sealed anew in the place of the one before. @returns false where another stands there by now. */
export async function replaceSealed(
  db: Transaction,
  table: SealedTable,
  { row, column, sealed }: { row: SealedRow; column: string; sealed: Uint8Array },
): Promise<boolean> {
  const keys = Object.keys(table.key)
  const isRow = keys.map((key, index) => `${key} = $${index + 3}::${table.key[key]}`).join(' AND ')
  const count = await db.$executeRawUnsafe(
    `UPDATE ${table.name} SET ${[`${column} = $1`, ...(table.alsoSets ? [table.alsoSets] : [])].join(', ')}
    WHERE ${isRow} AND ${column} = $2`,
    sealed,
    row[column],
    ...keys.map((key) => row[key]),
  )
  return count > 0
}

function isFormerlySealed({ columns, where = 'true' }: SealedTable): string {
  const each = columns.map((column) => `substring(${column} FROM 1 FOR length($1::bytea)) <> $1::bytea`)
  return `${where} AND (${each.join(' OR ')})`
}
