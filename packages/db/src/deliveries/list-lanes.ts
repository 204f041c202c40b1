import type { Pool } from 'pg'
import { defineStatement, probe, run } from '../sql.js'
import { busyBots } from './find-due-lanes.js'
import { waitingRows } from './rests.js'

const countMax = 10_000

/** A lane in which something waits. */
export interface BusyLane {
  botId: string
  username: string
  rate: number
  /** Below `rate` while the bot is being slowed down. */
  presentRate: number
  /** The worker that sends from it. */
  holder: string | null
  pausedUntil: Date | null
  parkedReason: string | null
  /** Up to 10,000. */
  waiting: number
}

const list = defineStatement(
  'list-busy-lanes',
  `
WITH ${busyBots('resting', '$1::uuid')}
SELECT b.id AS bot_id, b.username, b.rate, coalesce(l.learned_rate, b.rate)::float8 AS present_rate,
  CASE WHEN l.lease_until > clock_timestamp() THEN l.holder END AS holder,
  CASE WHEN l.paused_until > clock_timestamp() THEN l.paused_until END AS paused_until,
  l.parked_reason, w.waiting
FROM (SELECT bot_id FROM busy LIMIT $2) s
JOIN bots b ON ${probe('b.id', 's.bot_id')}
JOIN lanes l ON ${probe('l.bot_id', 's.bot_id')}
CROSS JOIN LATERAL (
  SELECT count(*)::int AS waiting
  FROM (SELECT FROM ${waitingRows('p.id', 'p.bot_id = s.bot_id')} w LIMIT ${countMax}) p
) w
ORDER BY s.bot_id`,
)

/** Lists lanes in which something waits, in the order of their bots, after one of them. */
export function listBusyLanes(engine: Pool, after: string, limit: number): Promise<BusyLane[]> {
  return run<BusyLane>(engine, list, [after, limit])
}
