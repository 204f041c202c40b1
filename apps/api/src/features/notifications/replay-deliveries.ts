import { idFloor, nilUuid, Prisma, type Transaction } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import type { InTransaction } from '../../context.js'
import { parseId } from '../../http/ids.js'
import type { Replay } from './schemas.js'

const replayedAtOnce = 5_000

export interface Replayed {
  matched: number
  replayable: number
  replayed: number
  hasMore: boolean
  botIds: string[]
}

/**
 * Puts failed deliveries back into their lanes: the same deliveries, with their attempts. Those whose
 * connection has ended, or whose time is over, stay failed.
 */
export async function replayDeliveries(ctx: InTransaction<TenantContext>, replay: Replay): Promise<Replayed> {
  const condition = toCondition(ctx.tenantId, replay.filter)
  const [found] = await count(ctx.db, condition)
  const seen = { matched: Number(found.matched), replayable: Number(found.replayable) }
  if (replay.dry_run) return { ...seen, replayed: 0, hasMore: false, botIds: [] }
  const rows = await putBack(ctx.db, condition)
  return {
    ...seen,
    replayed: rows.length,
    hasMore: rows.length === replayedAtOnce,
    botIds: [...new Set(rows.map((row) => row.bot_id))],
  }
}

/** An id of the wrong form fits nothing. */
function toCondition(tenantId: string, filter: Replay['filter']): Prisma.Sql {
  const idOr = (id: string | undefined): string => id ?? nilUuid
  const conditions = [Prisma.sql`d.tenant_id = ${tenantId}::uuid AND d.status = 'failed'`]
  if (filter.notification_id !== undefined)
    conditions.push(Prisma.sql`d.notification_id = ${idOr(parseId('ntf', filter.notification_id))}::uuid`)
  if (filter.delivery_id !== undefined)
    conditions.push(Prisma.sql`d.id = ${idOr(parseId('dlv', filter.delivery_id))}::uuid`)
  if (filter.user_id !== undefined) conditions.push(Prisma.sql`d.user_id = ${filter.user_id}`)
  if (filter.reason !== undefined) conditions.push(Prisma.sql`d.failure ->> 'code' = ${filter.reason}`)
  if (filter.after !== undefined) conditions.push(Prisma.sql`d.id >= ${idFloor(Date.parse(filter.after))}::uuid`)
  if (filter.before !== undefined) conditions.push(Prisma.sql`d.id < ${idFloor(Date.parse(filter.before))}::uuid`)
  return Prisma.join(conditions, ' AND ')
}

const isReplayable = Prisma.sql`c.status = 'active' AND n.cancelled_at IS NULL AND coalesce(n.expires_at > clock_timestamp(), true)`
const parents = Prisma.sql`
  JOIN notifications n ON n.tenant_id = d.tenant_id AND n.id = d.notification_id
  LEFT JOIN connections c ON c.tenant_id = d.tenant_id AND c.id = d.connection_id`

function count(db: Transaction, condition: Prisma.Sql) {
  return db.$queryRaw<[{ matched: bigint; replayable: bigint }]>`
    SELECT count(*) AS matched, count(*) FILTER (WHERE ${isReplayable}) AS replayable FROM deliveries d ${parents} WHERE ${condition}`
}

function putBack(db: Transaction, condition: Prisma.Sql) {
  return db.$queryRaw<{ bot_id: string }[]>`
    WITH failed AS MATERIALIZED (
      SELECT d.tenant_id, d.id, d.notification_id, d.connection_id, d.part, d.dropped, c.bot_id, c.chat_id, n.expires_at, n.on_unknown, n.paused_at,
        d.failure ->> 'code' AS reason, b.notification_id IS NOT NULL AS is_counted,
        CASE n.priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END AS rank
      FROM deliveries d ${parents}
      LEFT JOIN broadcasts b ON b.tenant_id = d.tenant_id AND b.notification_id = d.notification_id
      WHERE ${condition} AND ${isReplayable}
      ORDER BY d.id LIMIT ${replayedAtOnce} FOR UPDATE OF d SKIP LOCKED
    ),
    put_back AS (
      INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, expires_at,
        is_held_if_unknown, part, dropped, is_counted, is_paused)
      SELECT id, bot_id, tenant_id, rank, chat_id, 'notification', notification_id, connection_id, expires_at,
        on_unknown = 'hold', part, dropped, is_counted, paused_at IS NOT NULL
      FROM failed ORDER BY id
    ),
    written AS (
      UPDATE deliveries d SET status = 'queued', failure = NULL, bot_id = f.bot_id, chat_id = f.chat_id
      FROM failed f WHERE d.tenant_id = f.tenant_id AND d.id = f.id
    ),
    counted AS (
      UPDATE delivery_counts c SET count = c.count - f.count
      FROM (SELECT tenant_id, notification_id, reason, count(*) FROM failed WHERE is_counted GROUP BY 1, 2, 3) f
      WHERE c.tenant_id = f.tenant_id AND c.notification_id = f.notification_id AND c.status = 'failed' AND c.reason = f.reason
    ),
    reopened AS (
      UPDATE broadcasts b SET is_completed = false FROM failed f
      WHERE f.is_counted AND b.tenant_id = f.tenant_id AND b.notification_id = f.notification_id
    )
    SELECT bot_id FROM failed`
}
