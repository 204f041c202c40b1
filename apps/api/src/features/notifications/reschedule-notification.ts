import { inTransaction } from '@tellwire/db'
import { AdvanceBroadcast } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findNotification, getNotification } from './get-notification.js'
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
  const moved = await inTransaction(ctx, async ({ db }) => {
    await db.notification.update({ where: { tenantId_id: { tenantId, id } }, data: { sendAt } })
    if (broadcast) {
      const { count } = await db.broadcast.updateMany({
        where: { tenantId, notificationId: id, isExpanded: false, expanded: 0, startsAt: { gt: new Date() } },
        data: { startsAt: sendAt, audienceAt: sendAt },
      })
      return count
    }
    return db.$executeRaw`
      UPDATE waiting_deliveries w SET due_at = ${sendAt} FROM deliveries d
      WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${id}::uuid AND d.status = 'scheduled' AND w.id = d.id`.then(
      (count) => {
        if (count === 0) throw notScheduled()
        return count
      },
    )
  })
  if (moved === 0) throw notScheduled()
  if (broadcast) ctx.waker.wake(AdvanceBroadcast, { tenantId, notificationId: id })
  return getNotification(ctx, id)
}

function notScheduled(): ApiError {
  return new ApiError('conflict', 'The notification is not scheduled: it went out, was cancelled or never had a time.')
}
