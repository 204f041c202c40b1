import type { Pool } from 'pg'

/** Makes the daily partitions of the coming days that are missing. @returns how many it made. */
export async function ensurePartitions(engine: Pool, daysAhead: number): Promise<number> {
  const { rows } = await engine.query<{ made: number }>('SELECT ensure_partitions($1) AS made', [daysAhead])
  return rows[0]?.made ?? 0
}

const deletedAtOnce = 5_000

/** Deletes idempotency records after their 24 hours, dedupe keys after their window, and receipts that Telegram can no longer repeat. */
export async function deleteExpired(engine: Pool): Promise<void> {
  await deleteInSlices(engine, 'idempotency_keys', "created_at < now() - interval '24 hours'")
  await deleteInSlices(engine, 'dedupe_keys', 'expires_at < now()')
  await deleteInSlices(engine, 'update_receipts', "received_at < now() - interval '7 days'")
}

async function deleteInSlices(engine: Pool, table: string, condition: string): Promise<void> {
  const statement = `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${deletedAtOnce}))`
  let deleted = deletedAtOnce
  while (deleted === deletedAtOnce) deleted = (await engine.query(statement)).rowCount ?? 0
}
