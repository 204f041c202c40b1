import type { Pool } from 'pg'
import { defineStatement, run, runForOne } from '../sql.js'

const ensure = defineStatement('ensure-partitions', 'SELECT ensure_partitions($1) AS made')

/** Makes the daily partitions of the coming days that are missing. @returns how many it made. */
export async function ensurePartitions(engine: Pool, daysAhead: number): Promise<number> {
  const { made } = await runForOne<{ made: number }>(engine, ensure, [daysAhead])
  return made
}

const deletedAtOnce = 5_000

/** A statement that deletes some of the rows whose time is over. */
const defineDeletion = (table: string, condition: string) =>
  defineStatement(
    `delete-expired-${table.replaceAll('_', '-')}`,
    `
DELETE FROM ${table}
WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${deletedAtOnce}))
RETURNING 1`,
    // Their indexes are summaries of blocks, which cost next to nothing to write and are read as bitmaps.
    'enable_bitmapscan = on',
  )

const deletions = [
  defineDeletion('idempotency_keys', "created_at < now() - interval '24 hours'"),
  defineDeletion('dedupe_keys', 'expires_at < now()'),
  defineDeletion('update_receipts', "received_at < now() - interval '7 days'"),
]

/** Deletes idempotency records after their 24 hours, dedupe keys after their window, and receipts that Telegram can no longer repeat. */
export async function deleteExpired(engine: Pool): Promise<void> {
  for (const deletion of deletions) {
    let deleted = deletedAtOnce
    while (deleted === deletedAtOnce) deleted = (await run(engine, deletion, [])).length
  }
}
