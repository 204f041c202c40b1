import { askToCancelBroadcast, cancelDeliveries, type InTransaction } from '@tellwire/db'
import { tellAfterCommit, type TenantScope, wakeAfterCommit } from '@tellwire/domain'
import { AdvanceBroadcast, DeliveriesWithdrawn } from '@tellwire/jobs'
import { countUnknown } from '@tellwire/observability'
import type { Needs } from '../../context.js'
import { showId } from '../../http/ids.js'
import { findNotification, lockNotification, statusOf, tallyNotifications } from '../../views/notification.js'

/**
 * Keeps what has not gone out from going out, and tells what had. Doing it again changes nothing. What is
 * being sent right now ends on its own.
 */
export async function cancelNotification(scope: InTransaction<TenantScope & Needs<'metrics'>>, id: string) {
  const { db, tenantId, metrics } = scope
  const { broadcast } = await findNotification(scope, id)
  await lockNotification(scope, id)
  await db.notification.updateMany({
    where: { tenantId, id, cancelledAt: null },
    data: { cancelledAt: new Date(), pausedAt: null },
  })
  const { cancelled, inFlight, unknown } = await (broadcast ? askToCancelBroadcast : cancelDeliveries)(db, tenantId, id)
  scope.afterCommit(`count unknown ${id}`, () => countUnknown(metrics, 'cancelled', unknown))
  tellAfterCommit(scope, DeliveriesWithdrawn, id)
  if (broadcast) wakeAfterCommit(scope, AdvanceBroadcast, { tenantId, notificationId: id })

  const notification = await findNotification(scope, id)
  const tallyOf = await tallyNotifications(scope, [notification])
  const tally = tallyOf(notification)
  return {
    id: showId('ntf', id),
    status: statusOf(notification, tally),
    cancelled,
    sent: tally.byStatus['sent'] ?? 0,
    in_flight: inFlight,
  }
}
