import { askToEditBroadcast, type EditRequest, queueEdits } from '@tellwire/db'
import { type TenantScope, wakeAfterCommit } from '@tellwire/domain'
import { AdvanceBroadcast, DrainLane } from '@tellwire/jobs'
import { findNotification, tallyNotifications } from '../../views/notification.js'

/**
 * Sets going what was asked for of the messages that were sent. Those of a broadcast may be many: a worker goes through
 * them, and they are counted here as far as they are known to be sent.
 */
export async function queueEditsOf(
  scope: TenantScope,
  id: string,
  request: EditRequest,
): Promise<{ queued: number; tooOld: number }> {
  const { db, tenantId } = scope
  const notification = await findNotification(scope, id)
  if (notification.broadcast) {
    const key = { tenantId, notificationId: id }
    await askToEditBroadcast(db, key, request)
    wakeAfterCommit(scope, AdvanceBroadcast, key)
    const tallyOf = await tallyNotifications(scope, [notification])
    return { queued: tallyOf(notification).byStatus['sent'] ?? 0, tooOld: 0 }
  }
  const { queued, tooOld, botIds } = await queueEdits(db, tenantId, id, request)
  for (const botId of botIds) wakeAfterCommit(scope, DrainLane, { botId })
  return { queued, tooOld }
}
