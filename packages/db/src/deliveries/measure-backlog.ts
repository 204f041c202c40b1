import type { Pool } from 'pg'
import { defineStatement, run } from '../sql.js'
import { priorities } from './delivery-states.js'
import { tenantInLane, waitingRows } from './rests.js'

export interface Backlog {
  rate: number
  /** Below `rate` while the bot is being slowed down. */
  presentRate: number
  /** In how many milliseconds a pause of the whole bot ends. */
  pausedForMs: number
  parkedReason: string | null
  /** By priority (0 is `high`): what waits, up to `countMax` altogether. */
  waiting: number[]
}

const measure = defineStatement(
  'measure-backlog',
  `
SELECT
  b.rate,
  coalesce(l.learned_rate, b.rate) AS present_rate,
  greatest(0, coalesce(extract(epoch FROM l.paused_until - clock_timestamp()) * 1000, 0))::float8 AS paused_for_ms,
  l.parked_reason,
  (
    SELECT jsonb_object_agg(priority, count)
    FROM (
      SELECT priority, count(*)
      FROM (SELECT priority FROM ${waitingRows('p.priority', 'p.bot_id = b.id')} w LIMIT $2) p
      GROUP BY priority
    ) w
  ) AS waiting
FROM bots b
JOIN lanes l ON l.bot_id = b.id
WHERE b.id = $1`,
)

const measureOwn = defineStatement(
  'measure-own-backlog',
  `
SELECT r.priority, w.count
FROM generate_series(0, 2) AS r (priority)
CROSS JOIN LATERAL (
  SELECT count(*)::int AS count
  FROM (
    SELECT FROM ${waitingRows(
      'p.id',
      `p.bot_id = $1::uuid AND p.priority = r.priority AND ${tenantInLane} = $2::uuid`,
    )} w
    LIMIT $3
  ) p
) w`,
)

/** Counts what waits of one tenant in a bot's lane, by priority: up to `countMax` of each. */
export async function measureOwnBacklog(
  engine: Pool,
  botId: string,
  tenantId: string,
  countMax?: number,
): Promise<number[]> {
  const rows = await run<{ priority: number; count: number }>(engine, measureOwn, [botId, tenantId, countMax ?? null])
  return priorities.map((_, rank) => rows.find(({ priority }) => priority === rank)?.count ?? 0)
}

/** Counts what waits in a bot's lane, at a cost in proportion to the count. */
export async function measureBacklog(engine: Pool, botId: string, countMax?: number): Promise<Backlog | undefined> {
  const [row] = await run<Omit<Backlog, 'waiting'> & { waiting: Record<string, number> | null }>(engine, measure, [
    botId,
    countMax ?? null,
  ])
  return row && { ...row, waiting: priorities.map((_, rank) => row.waiting?.[rank] ?? 0) }
}
