import { inTransaction, isNotInFlight, Prisma, type Transaction } from '@tellwire/db'
import { AdvanceBroadcast } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { showId } from '../../http/ids.js'
import { findNotification } from './get-notification.js'
import { lockNotification } from './lock-notification.js'
import { statusOf } from './show-notification.js'
import { tallyDeliveries } from './tally-deliveries.js'

/**
 * Keeps what has not gone out from going out, and tells what had. Doing it again changes nothing. What is
 * being sent right now ends on its own.
 */
export async function cancelNotification(ctx: TenantContext, id: string) {
  const { tenantId } = ctx
  const { broadcast } = await findNotification(ctx, id)
  const { cancelled, inFlight } = await inTransaction(ctx, async ({ db }) => {
    await lockNotification(db, tenantId, id)
    await db.notification.updateMany({
      where: { tenantId, id, cancelledAt: null },
      data: { cancelledAt: new Date(), pausedAt: null },
    })
    return broadcast ? cancelBroadcast(db, tenantId, id) : cancelDeliveries(db, tenantId, id)
  })
  if (broadcast) ctx.waker.wake(AdvanceBroadcast, { tenantId, notificationId: id })

  const notification = await findNotification(ctx, id)
  const tally = (await tallyDeliveries(ctx.db, tenantId, [notification])).get(id)
  return {
    id: showId('ntf', id),
    status: tally ? statusOf(notification, tally) : 'settled',
    cancelled,
    sent: tally?.byStatus['sent'] ?? 0,
    in_flight: inFlight,
  }
}

const notInFlight = Prisma.raw(isNotInFlight)

interface Cancelled {
  cancelled: number
  inFlight: number
}

/** The worker takes the rows out of their lanes; none of them is claimed from now on. */
async function cancelBroadcast(db: Transaction, tenantId: string, notificationId: string): Promise<Cancelled> {
  await db.$executeRaw`
    UPDATE broadcasts SET change = 'cancel', is_paused = false, is_expanded = true, expected = expanded
    WHERE tenant_id = ${tenantId}::uuid AND notification_id = ${notificationId}::uuid AND NOT is_completed`
  const [row] = await db.$queryRaw<[{ waiting: bigint; in_flight: bigint }]>`
    SELECT count(*) FILTER (WHERE claimed_by IS NULL) AS waiting, count(*) FILTER (WHERE claimed_by IS NOT NULL) AS in_flight
    FROM pending_deliveries WHERE tenant_id = ${tenantId}::uuid AND notification_id = ${notificationId}::uuid AND is_counted`
  return { cancelled: Number(row.waiting), inFlight: Number(row.in_flight) }
}

async function cancelDeliveries(db: Transaction, tenantId: string, notificationId: string): Promise<Cancelled> {
  const [row] = await db.$queryRaw<[{ cancelled: bigint; in_flight: bigint }]>`
    WITH delivery AS MATERIALIZED (
      SELECT id FROM deliveries WHERE tenant_id = ${tenantId}::uuid AND notification_id = ${notificationId}::uuid
        AND status IN ('queued', 'scheduled', 'held')
    ),
    from_lane AS (
      DELETE FROM pending_deliveries p USING delivery d WHERE p.id = d.id AND ${notInFlight} RETURNING p.id, p.claimed_by IS NOT NULL AS was_in_flight
    ),
    from_waiting AS (
      DELETE FROM waiting_deliveries w USING delivery d WHERE w.id = d.id RETURNING w.id, false AS was_in_flight
    ),
    ended AS MATERIALIZED (
      SELECT id, CASE WHEN was_in_flight THEN 'unknown' ELSE 'cancelled' END AS status
      FROM (SELECT * FROM from_lane UNION ALL SELECT * FROM from_waiting) e
    ),
    written AS (
      UPDATE deliveries d SET status = e.status FROM ended e WHERE d.tenant_id = ${tenantId}::uuid AND d.id = e.id
    ),
    noted AS (
      INSERT INTO events (tenant_id, type, data)
      SELECT ${tenantId}::uuid, 'notification.' || status, jsonb_build_object('notification_id', ${notificationId}::uuid, 'delivery_id', id) FROM ended
    )
    SELECT (SELECT count(*) FROM ended WHERE status = 'cancelled') AS cancelled,
      (SELECT count(*) FROM pending_deliveries p JOIN delivery d ON d.id = p.id WHERE NOT ${notInFlight}) AS in_flight`
  return { cancelled: Number(row.cancelled), inFlight: Number(row.in_flight) }
}
