import type { Pool } from 'pg'
import { defineStatement, runForOne } from '../sql.js'
import { isOfChat, tenantInLane, waitingRows } from './rests.js'

// Paused deliveries are not counted.
const count = defineStatement(
  'count-pending',
  `
SELECT count(*)::int AS count
FROM (
  SELECT FROM (
    SELECT FROM bot_access a
    CROSS JOIN generate_series(0, 2) AS r (priority)
    CROSS JOIN LATERAL (
      SELECT FROM ${waitingRows(
        'p.id',
        `p.bot_id = a.bot_id AND p.priority = r.priority AND ${tenantInLane} = $1::uuid`,
      )} w
    ) p
    WHERE a.tenant_id = $1::uuid
    LIMIT $2
  ) in_lanes
  UNION ALL
  SELECT FROM (SELECT FROM waiting_deliveries w WHERE w.tenant_id = $1::uuid LIMIT $2) waiting
) pending`,
)

/** Counts what waits of a tenant, up to `countMax` and one more of each kind, at a cost in proportion to the count. */
export async function countPending(engine: Pool, tenantId: string, countMax: number): Promise<number> {
  const { count: counted } = await runForOne<{ count: number }>(engine, count, [tenantId, countMax + 1])
  return counted
}

const countOfBot = defineStatement(
  'count-waiting-of-bot',
  `
SELECT count(*)::int AS count FROM pending_deliveries p
WHERE p.bot_id = $1::uuid AND ${isOfChat} AND p.kind <> 'reply' AND ($2::uuid IS NULL OR p.tenant_id = $2::uuid)`,
)

/** Counts what waits in a bot's lane, of one tenant or of all. Answers of ours to people do not count. */
export async function countWaitingOfBot(engine: Pool, botId: string, tenantId?: string): Promise<number> {
  const { count: counted } = await runForOne<{ count: number }>(engine, countOfBot, [botId, tenantId ?? null])
  return counted
}
