import type { Pool } from 'pg'
import { defineStatement, run, runForOne, type Statement } from '../sql.js'

const partitioned = ['notifications', 'notification_contents', 'deliveries', 'events'] as const

const add = defineStatement('add-partition', 'SELECT add_partition($1, $2) AS made')

/**
 * Makes the partitions of the coming days that are missing. It fails soon where somebody reads for long, such as a dump: nobody is
 * held up by it, and it can be tried again. Where it fails for one table, the others get theirs.
 * @returns the names of those it made.
 */
export async function addPartitions(
  engine: Pool,
  daysAhead: number,
  onError: (error: unknown) => void,
): Promise<string[]> {
  const made: string[] = []
  for (const parent of partitioned) {
    try {
      for (;;) {
        const { made: name } = await runForOne<{ made: string | null }>(engine, add, [parent, daysAhead])
        if (name === null) break
        made.push(name)
      }
    } catch (error) {
      onError(error)
    }
  }
  return made
}

const findStray = defineStatement('find-stray-rows', 'SELECT tables_with_stray_rows() AS parent')

/** Finds the tables that have rows outside of their partitions: none was made in time. */
export async function findStrayRows(engine: Pool): Promise<string[]> {
  return (await run<{ parent: string }>(engine, findStray, [])).map(({ parent }) => parent)
}

const blocksOf = defineStatement(
  'count-blocks',
  "SELECT (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int AS blocks",
)

/** 8 MiB: no statement looks at more for rows whose time is over. */
const blocksAtOnce = 1_024

interface Deletion {
  table: string
  statement: Statement
}

/** Deletes what is over of a part of a table. An index of when that is would cost everybody who writes a row. */
const defineDeletion = (table: string, condition: string): Deletion => ({
  table,
  statement: defineStatement(
    `delete-expired-${table.replaceAll('_', '-')}`,
    `DELETE FROM ${table} WHERE ctid >= $1::tid AND ctid < $2::tid AND ${condition}`,
  ),
})

const deletions = [
  defineDeletion('idempotency_keys', "created_at < now() - interval '24 hours'"),
  defineDeletion('code_misses', "window_start < now() - interval '1 hour'"),
  defineDeletion('webhook_attempts', "id < uuid_v7_floor(now() - interval '30 days')"),
  defineDeletion('dedupe_keys', 'expires_at < now()'),
  defineDeletion('update_receipts', "received_at < now() - interval '7 days'"),
]

/**
 * Deletes idempotency records after their 24 hours, dedupe keys and counts of wrong codes after their window, attempts of webhooks
 * after 30 days, and receipts that Telegram can no longer repeat: from one end of each table to the other, part by part. Where one
 * fails, the others go on.
 * @param beforePart is called before each part; whatever it throws ends the table's deletion.
 */
export async function deleteExpired(
  engine: Pool,
  { onError, beforePart }: { onError: (error: unknown) => void; beforePart?: () => Promise<void> },
): Promise<void> {
  for (const { table, statement } of deletions) {
    try {
      const { blocks } = await runForOne<{ blocks: number }>(engine, blocksOf, [table])
      for (let from = 0; from < blocks; from += blocksAtOnce) {
        await beforePart?.()
        await run(engine, statement, [`(${from},0)`, `(${from + blocksAtOnce},0)`])
      }
    } catch (error) {
      onError(error)
    }
  }
}
