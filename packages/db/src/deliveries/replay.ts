import { nilUuid } from '../ids.js'
import { defineStatement, type Executor, probe, run, runForOne } from '../sql.js'
import { priorityRank } from './delivery-states.js'
import { joinLane } from './join-lane.js'
import { isOfNotification } from './of-notification.js'

/** Which failed deliveries of a tenant are meant; what is undefined fits all. */
export interface ReplayFilter {
  notificationId?: string | undefined
  deliveryId?: string | undefined
  userId?: string | undefined
  reason?: string | undefined
  /** Bounds of the deliveries' ids, which are time-ordered: `from` is included, `to` is not. */
  from?: string | undefined
  to?: string | undefined
}

/** Counting more would tell nobody more. */
const countedMax = 100_000

const highestUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

const isReplayable = `c.status = 'active' AND n.cancelled_at IS NULL AND coalesce(n.expires_at > clock_timestamp(), true)`

// The order of the parameters is that of `valuesOf`.
const failed = (isNotifications: boolean): string => `
  FROM deliveries d
  JOIN notifications n ON ${probe('n.tenant_id', 'd.tenant_id')} AND ${probe('n.id', 'd.notification_id')}
  LEFT JOIN connections c ON ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.connection_id')}
  WHERE d.tenant_id = $1::uuid AND d.status = 'failed' AND d.failure IS NOT NULL
    AND ${isNotifications ? isOfNotification('d', '$1::uuid', '$2::uuid') : '$2::uuid IS NULL'}
    AND d.id >= $3::uuid AND d.id < $4::uuid
    AND ($5::text IS NULL OR d.user_id = $5) AND ($6::text IS NULL OR d.failure ->> 'code' = $6)`

const count = (isNotifications: boolean): string => `
SELECT count(*)::int AS matched, (count(*) FILTER (WHERE f.is_replayable))::int AS replayable
FROM (
  SELECT ${isReplayable} AS is_replayable
  ${failed(isNotifications)}
  LIMIT ${countedMax}
) f`

const replay = (isNotifications: boolean): string => `
WITH failed AS MATERIALIZED (
  SELECT d.tenant_id, d.id, d.notification_id, d.connection_id, d.part, d.dropped, d.failure ->> 'code' AS reason,
    c.bot_id, c.chat_id, n.expires_at, n.on_unknown, n.paused_at IS NOT NULL AS is_paused,
    b.notification_id IS NOT NULL AS is_counted, ${priorityRank('n.priority')} AS priority
  ${failed(isNotifications).replace('WHERE', `LEFT JOIN broadcasts b ON ${probe('b.tenant_id', 'd.tenant_id')} AND ${probe('b.notification_id', 'd.notification_id')}\n  WHERE`)}
    AND ${isReplayable}
  -- A notification that is being cancelled is left alone, and one that is replayed is cancelled with what came back.
  ORDER BY d.id LIMIT $7 FOR UPDATE OF d SKIP LOCKED FOR SHARE OF n SKIP LOCKED
),
joined_lanes AS (
  ${joinLane({
    from: 'failed',
    columns: { part: 'part', dropped: 'dropped', is_counted: 'is_counted', is_paused: 'is_paused' },
    orderBy: 'id',
  })}
),
written_deliveries AS (
  UPDATE deliveries d SET status = 'queued', failure = NULL, ended_at = NULL, bot_id = f.bot_id, chat_id = f.chat_id
  FROM failed f
  WHERE ${probe('d.tenant_id', 'f.tenant_id')} AND ${probe('d.id', 'f.id')}
),
uncounted AS (
  UPDATE delivery_counts c SET count = c.count - f.count
  FROM (SELECT tenant_id, notification_id, reason, count(*) FROM failed WHERE is_counted GROUP BY 1, 2, 3) f
  WHERE ${probe('c.tenant_id', 'f.tenant_id')} AND ${probe('c.notification_id', 'f.notification_id')}
    AND c.status = 'failed' AND c.reason = f.reason
),
reopened AS (
  UPDATE broadcasts b SET is_completed = false
  FROM failed f
  WHERE f.is_counted AND ${probe('b.tenant_id', 'f.tenant_id')} AND ${probe('b.notification_id', 'f.notification_id')}
)
SELECT bot_id FROM failed`

const statements = {
  ofNotification: {
    count: defineStatement('count-failed-of-notification', count(true)),
    replay: defineStatement('replay-deliveries-of-notification', replay(true)),
  },
  ofTenant: {
    count: defineStatement('count-failed', count(false)),
    replay: defineStatement('replay-deliveries', replay(false)),
  },
}

function statementsFor({ notificationId }: ReplayFilter) {
  return notificationId === undefined ? statements.ofTenant : statements.ofNotification
}

function valuesOf(tenantId: string, filter: ReplayFilter): unknown[] {
  const { notificationId, deliveryId, userId, reason, from, to } = filter
  const lower = [from ?? nilUuid, deliveryId ?? nilUuid].toSorted().at(-1)
  const [upper] = [to ?? highestUuid, deliveryId === undefined ? highestUuid : followerOf(deliveryId)].toSorted()
  return [tenantId, notificationId ?? null, lower, upper, userId ?? null, reason ?? null]
}

/** The UUID that follows in their order. */
function followerOf(uuid: string): string {
  if (uuid === highestUuid) return highestUuid
  const hex = (BigInt(`0x${uuid.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Counts the failed deliveries that a filter fits, up to 100,000, and those of them that can be replayed. */
export async function countFailed(
  on: Executor,
  tenantId: string,
  filter: ReplayFilter,
): Promise<{ matched: number; replayable: number }> {
  return runForOne(on, statementsFor(filter).count, valuesOf(tenantId, filter))
}

/**
 * Puts failed deliveries back into their lanes, the same ones, with their attempts, up to `countMax`. Those whose
 * connection has ended, or whose time is over, stay failed.
 */
export async function replayDeliveries(
  on: Executor,
  tenantId: string,
  filter: ReplayFilter,
  countMax: number,
): Promise<{ replayed: number; botIds: string[] }> {
  const rows = await run<{ botId: string }>(on, statementsFor(filter).replay, [...valuesOf(tenantId, filter), countMax])
  return { replayed: rows.length, botIds: [...new Set(rows.map(({ botId }) => botId))] }
}
