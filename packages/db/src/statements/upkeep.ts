import type { Pool } from 'pg'

/** Makes the daily partitions of the coming days that are missing. @returns how many it made. */
export async function ensurePartitions(engine: Pool, daysAhead: number): Promise<number> {
  const { rows } = await engine.query<{ made: number }>('SELECT ensure_partitions($1) AS made', [daysAhead])
  return rows[0]?.made ?? 0
}

/** Deletes idempotency records after their 24 hours, and receipts that Telegram can no longer repeat. */
export async function deleteExpired(engine: Pool): Promise<void> {
  await engine.query("DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'")
  await engine.query("DELETE FROM update_receipts WHERE received_at < now() - interval '7 days'")
}
