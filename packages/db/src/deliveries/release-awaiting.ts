import type { Pool } from 'pg'
import { defineStatement, type Executor, probe, run, runForOne } from '../sql.js'
import { joinLane } from './join-lane.js'

/** A connection that deliveries can go to. */
export interface ReachableConnection {
  tenantId: string
  id: string
  userId: string
  botId: string
  chatId: bigint
}

const releaseAwaiting = defineStatement(
  'release-awaiting-deliveries',
  `
WITH wanted AS MATERIALIZED (
  SELECT id FROM waiting_deliveries WHERE tenant_id = $1::uuid AND user_id = $2 AND connection_id IS NULL
  UNION ALL
  SELECT id FROM waiting_deliveries
  WHERE ${probe('connection_id', '$3::uuid')} AND connection_id IS NOT NULL AND due_at IS NULL
),
awaiting AS MATERIALIZED (
  SELECT w.*, n.send_at, n.on_unknown, n.paused_at IS NOT NULL AS is_paused,
    coalesce(n.send_at > clock_timestamp(), false) AS is_early
  FROM wanted i
  JOIN waiting_deliveries w ON ${probe('w.id', 'i.id')}
  JOIN notifications n ON ${probe('n.tenant_id', 'w.tenant_id')} AND ${probe('n.id', 'w.notification_id')}
  WHERE n.cancelled_at IS NULL AND coalesce(w.expires_at > clock_timestamp(), true)
  FOR UPDATE OF w FOR SHARE OF n
),
released_waiting AS (
  DELETE FROM waiting_deliveries w USING awaiting a WHERE ${probe('w.id', 'a.id')} AND NOT a.is_early
),
scheduled_waiting AS (
  UPDATE waiting_deliveries w SET connection_id = $3::uuid, due_at = a.send_at
  FROM awaiting a
  WHERE ${probe('w.id', 'a.id')} AND a.is_early
),
written_deliveries AS (
  UPDATE deliveries d SET
    connection_id = $3::uuid,
    bot_id = $4::uuid,
    chat_id = $5::bigint,
    status = CASE WHEN a.is_early THEN 'scheduled' ELSE 'queued' END
  FROM awaiting a
  WHERE ${probe('d.tenant_id', 'a.tenant_id')} AND ${probe('d.id', 'a.id')}
),
joined_lanes AS (
  ${joinLane({
    from: 'awaiting',
    columns: { bot_id: '$4::uuid', chat_id: '$5::bigint', connection_id: '$3::uuid', is_paused: 'is_paused' },
    where: 'NOT is_early',
    orderBy: 'notification_id, id',
  })}
)
SELECT count(*)::int AS joined FROM awaiting WHERE NOT is_early`,
)

/**
 * Lets go what waits until its user connects, or until the connection can be reached again: it goes to the one that came
 * first. What is scheduled for
 * later waits on for its time.
 * @returns how many joined the lane of the connection's bot.
 */
export async function releaseAwaitingDeliveries(on: Executor, connection: ReachableConnection): Promise<number> {
  const { tenantId, userId, id, botId, chatId } = connection
  const { joined } = await runForOne<{ joined: number }>(on, releaseAwaiting, [tenantId, userId, id, botId, chatId])
  return joined
}

const findConnected = defineStatement(
  'find-awaiting-with-connection',
  `
WITH recent AS MATERIALIZED (
  -- In the order of their ids, so that no more is read than came lately.
  SELECT w.id, w.tenant_id, w.user_id, w.connection_id
  FROM waiting_deliveries w
  WHERE w.id >= uuid_v7_floor(now() - make_interval(secs => $2::float8 / 1000))
  ORDER BY w.id LIMIT 100000
)
SELECT DISTINCT ON (w.tenant_id, w.user_id) c.tenant_id, c.id, c.user_id, c.bot_id, c.chat_id::text
FROM recent w
CROSS JOIN LATERAL (
  SELECT * FROM connections WHERE tenant_id = w.tenant_id AND user_id = w.user_id AND status = 'active' LIMIT 1
) c
WHERE w.connection_id IS NULL
ORDER BY w.tenant_id, w.user_id LIMIT $1`,
)

/**
 * Finds deliveries that wait for a user who is connected all the same: the connection and the notification were
 * written at the same moment, and neither saw the other. Only those are looked at that came lately: what waits for long
 * costs nothing. @returns the connections that they can go to.
 */
export async function findAwaitingWithConnection(
  engine: Pool,
  { sinceMs, countMax }: { sinceMs: number; countMax: number },
): Promise<ReachableConnection[]> {
  const values = [countMax, sinceMs]
  const rows = await run<Omit<ReachableConnection, 'chatId'> & { chatId: string }>(engine, findConnected, values)
  return rows.map((row) => ({ ...row, chatId: BigInt(row.chatId) }))
}
