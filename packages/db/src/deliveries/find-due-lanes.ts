import type { Pool } from 'pg'
import { defineStatement, run } from '../sql.js'

const findDue = defineStatement(
  'find-due-lanes',
  `
SELECT l.bot_id
FROM lanes l
WHERE coalesce(l.lease_until < clock_timestamp(), true) AND l.parked_reason IS NULL
  AND coalesce(l.paused_until <= clock_timestamp(), true) AND coalesce(l.next_due_at <= clock_timestamp(), true)
  AND EXISTS (SELECT FROM pending_deliveries p WHERE p.bot_id = l.bot_id AND NOT p.is_paused)`,
)

/** Finds the lanes that have something to do and that nobody holds. */
export async function findDueLanes(engine: Pool): Promise<string[]> {
  const rows = await run<{ botId: string }>(engine, findDue, [])
  return rows.map(({ botId }) => botId)
}
