import { inTransaction, type Transaction } from '@tellwire/db'
import { AdvanceBroadcast } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findNotification, getNotification } from './get-notification.js'
import { lockNotification } from './lock-notification.js'
import { readSendAt } from './read-new-notification.js'

/** Gives a notification that has not begun to go out another time. */
export async function rescheduleNotification(ctx: TenantContext, id: string, text: string) {
  const { tenantId } = ctx
  const sendAt = readSendAt(text) ?? new Date()
  const { expiresAt, broadcast } = await findNotification(ctx, id)
  if (expiresAt && expiresAt <= sendAt) {
    throw new ApiError('time_out_of_range', 'The notification would expire before it could be sent.', {
      errors: [{ pointer: '/send_at', code: 'time_out_of_range', detail: `is after ${expiresAt.toISOString()}` }],
    })
  }
  await inTransaction(ctx, async ({ db }) => {
    await lockNotification(db, tenantId, id)
    await db.notification.update({ where: { tenantId_id: { tenantId, id } }, data: { sendAt } })
    const moved = broadcast
      ? await moveBroadcast(db, tenantId, id, sendAt)
      : await moveDeliveries(db, tenantId, id, sendAt)
    if (moved === 0) {
      throw new ApiError(
        'conflict',
        'The notification is not scheduled: it went out, was cancelled or never had a time.',
      )
    }
  })
  if (broadcast) ctx.waker.wake(AdvanceBroadcast, { tenantId, notificationId: id })
  return getNotification(ctx, id)
}

async function moveBroadcast(db: Transaction, tenantId: string, notificationId: string, sendAt: Date): Promise<number> {
  const { count } = await db.broadcast.updateMany({
    where: { tenantId, notificationId, isExpanded: false, expanded: 0, startsAt: { gt: new Date() } },
    data: { startsAt: sendAt, audienceAt: sendAt },
  })
  return count
}

function moveDeliveries(db: Transaction, tenantId: string, notificationId: string, sendAt: Date): Promise<number> {
  return db.$executeRaw`
    UPDATE waiting_deliveries w SET due_at = ${sendAt} FROM deliveries d
    WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${notificationId}::uuid AND d.status = 'scheduled' AND w.id = d.id`
}
