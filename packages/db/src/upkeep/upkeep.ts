import type { Pool } from 'pg'
import { defineStatement, run, runForOne } from '../sql.js'

const partitioned = ['notifications', 'notification_contents', 'deliveries', 'events'] as const

const add = defineStatement('add-partition', 'SELECT add_partition($1, $2) AS made')

/**
 * Makes the partitions of the coming days that are missing. Fails soon where somebody reads for long, such as a dump:
 * nobody is held up by it, and it can be tried again. @returns the names of those it made.
 */
export async function addPartitions(engine: Pool, daysAhead: number): Promise<string[]> {
  const made: string[] = []
  for (const parent of partitioned) {
    for (;;) {
      const { made: name } = await runForOne<{ made: string | null }>(engine, add, [parent, daysAhead])
      if (name === null) break
      made.push(name)
    }
  }
  return made
}

const findStray = defineStatement('find-stray-rows', 'SELECT tables_with_stray_rows() AS parent')

/** Finds the tables that have rows outside of their partitions: none was made in time. */
export async function findStrayRows(engine: Pool): Promise<string[]> {
  return (await run<{ parent: string }>(engine, findStray, [])).map(({ parent }) => parent)
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
  defineDeletion('code_misses', "window_start < now() - interval '1 hour'"),
  defineDeletion('webhook_attempts', "id < uuid_v7_floor(now() - interval '30 days')"),
  defineDeletion('dedupe_keys', 'expires_at < now()'),
  defineDeletion('update_receipts', "received_at < now() - interval '7 days'"),
]

/** Deletes idempotency records after their 24 hours, dedupe keys and counts of wrong codes after their window, attempts of webhooks after 30 days, and receipts that Telegram can no longer repeat. */
export async function deleteExpired(engine: Pool): Promise<void> {
  for (const deletion of deletions) {
    let deleted = deletedAtOnce
    while (deleted === deletedAtOnce) deleted = (await run(engine, deletion, [])).length
  }
}
