import type { Pool } from 'pg'
import { isLeaseOver, laneLeaseMs, mayBeTried } from '../lanes/lane-leases.js'
import { nilUuid } from '../ids.js'
import { defineStatement, probe, run } from '../sql.js'
import { isOffered, isResting } from './rests.js'

/**
 * The CTE of the bots for which something waits, in their order. It skips from bot to bot through the index of what waits: bots
 * with nothing to do cost nothing, however many there are.
 * @param also whether those count of which all rests.
 * @param after the SQL of the bot after which it begins; from the first one without it.
 */
export const busyBots = (also?: 'resting', after = `'${nilUuid}'::uuid`): string => {
  const first = (where: string, bot: string): string =>
    `SELECT p.bot_id FROM pending_deliveries p WHERE ${where} AND p.bot_id > ${bot} ORDER BY p.bot_id LIMIT 1`
  const next = (bot: string): string =>
    also === undefined
      ? first(isOffered, bot)
      : `SELECT * FROM ((${first(isOffered, bot)}) UNION ALL (${first(isResting, bot)})) p ORDER BY p.bot_id LIMIT 1`
  return `RECURSIVE busy AS (
  (${next(after)})
  UNION ALL
  SELECT n.bot_id FROM busy s CROSS JOIN LATERAL (${next('s.bot_id')}) n
)`
}

/** A lane in which something is due at a known time is looked at so often all the same, in milliseconds. */
export const laneLookEveryMs = 5_000

// What lies further ahead than anybody puts it was written before the clock was set back.
const findDue = defineStatement(
  'find-due-lanes',
  `
WITH ${busyBots()}
SELECT l.bot_id
FROM busy s
JOIN lanes l ON ${probe('l.bot_id', 's.bot_id')}
WHERE coalesce(${isLeaseOver('l.lease_until', String(laneLeaseMs))}, true) AND ${mayBeTried}
  AND coalesce(
    l.next_due_at <= clock_timestamp() OR l.next_due_at > clock_timestamp() + interval '${2 * laneLookEveryMs} ms', true
  )`,
)

/** Finds the lanes that have something to do and that nobody holds. */
export async function findDueLanes(engine: Pool): Promise<string[]> {
  const rows = await run<{ botId: string }>(engine, findDue, [])
  return rows.map(({ botId }) => botId)
}
