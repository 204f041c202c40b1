import { type InTransaction, rescheduleBroadcast, rescheduleDeliveries } from '@tellwire/db'
import { type TenantScope, wakeAfterCommit } from '@tellwire/domain'
import { AdvanceBroadcast } from '@tellwire/jobs'
import { ApiError } from '../../errors.js'
import { readSendAt } from '../../messages/read-send-at.js'
import { findNotification, lockNotification } from '../../views/notification.js'

type Scope = InTransaction<TenantScope>

/** Gives a notification that has not begun to go out another time. */
export async function rescheduleNotification(scope: Scope, id: string, text: string): Promise<void> {
  const { db, tenantId } = scope
  const sendAt = readSendAt(text) ?? new Date()
  const { expiresAt, broadcast } = await findNotification(scope, id)
  if (expiresAt && expiresAt <= sendAt) {
    throw new ApiError('time_out_of_range', 'The notification would expire before it could be sent.', {
      errors: [{ pointer: '/send_at', code: 'time_out_of_range', detail: `is after ${expiresAt.toISOString()}` }],
    })
  }
  await lockNotification(scope, id)
  await db.notification.update({ where: { tenantId_id: { tenantId, id } }, data: { sendAt } })
  const isMoved = broadcast
    ? await rescheduleBroadcast(db, tenantId, id, sendAt)
    : (await rescheduleDeliveries(db, tenantId, id, sendAt)) > 0
  if (!isMoved) {
    throw new ApiError('conflict', 'The notification is not scheduled: it went out, was cancelled or never had a time.')
  }
  if (broadcast) wakeAfterCommit(scope, AdvanceBroadcast, { tenantId, notificationId: id })
}
