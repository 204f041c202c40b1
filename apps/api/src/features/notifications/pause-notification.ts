import { inTransaction, type Transaction } from '@tellwire/db'
import { AdvanceBroadcast, DrainLane } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findNotification, getNotification } from './get-notification.js'
import { lockNotification } from './lock-notification.js'

/** Holds back what has not gone out, until it is resumed. What is being sent right now ends on its own. */
export async function pauseNotification(ctx: TenantContext, id: string) {
  return setPaused(ctx, id, true)
}

/** Lets it go on, in the order in which it would have gone. */
export async function resumeNotification(ctx: TenantContext, id: string) {
  return setPaused(ctx, id, false)
}

async function setPaused(ctx: TenantContext, id: string, isPaused: boolean) {
  const { tenantId } = ctx
  const { broadcast } = await findNotification(ctx, id)
  if (broadcast?.isCompleted) throw new ApiError('conflict', 'The notification is settled already.')
  const botIds = await inTransaction(ctx, async ({ db }) => {
    if (await lockNotification(db, tenantId, id)) {
      throw new ApiError('conflict', 'The notification was cancelled already.')
    }
    await db.notification.updateMany({
      where: { tenantId, id, cancelledAt: null, pausedAt: isPaused ? null : { not: null } },
      data: { pausedAt: isPaused ? new Date() : null },
    })
    return broadcast ? pauseBroadcast(db, tenantId, id, isPaused) : pauseDeliveries(db, tenantId, id, isPaused)
  })
  if (broadcast) ctx.waker.wake(AdvanceBroadcast, { tenantId, notificationId: id })
  for (const botId of botIds) ctx.waker.wake(DrainLane, { botId })
  return getNotification(ctx, id)
}

async function pauseBroadcast(db: Transaction, tenantId: string, notificationId: string, isPaused: boolean) {
  await db.broadcast.updateMany({
    where: {
      tenantId,
      notificationId,
      isPaused: !isPaused,
      isCompleted: false,
      OR: [{ change: null }, { change: { not: 'cancel' } }],
    },
    data: { isPaused, change: isPaused ? 'pause' : 'resume' },
  })
  return []
}

async function pauseDeliveries(db: Transaction, tenantId: string, notificationId: string, isPaused: boolean) {
  const rows = await db.$queryRaw<{ bot_id: string }[]>`
    UPDATE pending_deliveries p SET is_paused = ${isPaused}
    FROM deliveries d
    WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${notificationId}::uuid AND d.status = 'queued' AND p.id = d.id
    RETURNING p.bot_id`
  return [...new Set(rows.map((row) => row.bot_id))]
}
