import type { Pool } from 'pg'
import { mayBeTried } from '../lanes/lane-leases.js'
import { defineStatement, probe, run } from '../sql.js'

/**
 * The CTE of the bots for which something waits, in their order. It skips from bot to bot through the index of what waits: bots with
 * nothing to do cost nothing, however many there are.
 * @param after the SQL of the bot after which it begins; from the first one without it.
 */
export const busyBots = (after?: string): string => `RECURSIVE busy AS (
  (
    SELECT p.bot_id FROM pending_deliveries p
    WHERE NOT p.is_paused${after === undefined ? '' : ` AND p.bot_id > ${after}`} ORDER BY p.bot_id LIMIT 1
  )
  UNION ALL
  SELECT n.bot_id
  FROM busy s
  CROSS JOIN LATERAL (
    SELECT p.bot_id FROM pending_deliveries p WHERE NOT p.is_paused AND p.bot_id > s.bot_id ORDER BY p.bot_id LIMIT 1
  ) n
)`

const findDue = defineStatement(
  'find-due-lanes',
  `
WITH ${busyBots()}
SELECT l.bot_id
FROM busy s
JOIN lanes l ON ${probe('l.bot_id', 's.bot_id')}
WHERE coalesce(l.lease_until < clock_timestamp(), true) AND ${mayBeTried}
  AND coalesce(l.next_due_at <= clock_timestamp(), true)`,
)

/** Finds the lanes that have something to do and that nobody holds. */
export async function findDueLanes(engine: Pool): Promise<string[]> {
  const rows = await run<{ botId: string }>(engine, findDue, [])
  return rows.map(({ botId }) => botId)
}
