import { deliveryIdsOf, openStatuses, priorities, readWord } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { showDelivery } from '../../views/delivery.js'
import {
  findNotification,
  showNotification,
  type StoredNotification,
  type Tally,
  tallyNotifications,
} from '../../views/notification.js'

const deliveriesShownMax = 500

/** @throws `not_found` */
export async function getNotification(scope: TenantScope & Needs<'capacity'>, id: string) {
  const { db, tenantId } = scope
  const notification = await findNotification(scope, id)
  const tallyOf = await tallyNotifications(scope, [notification])
  const tally = tallyOf(notification)
  const deliveries = await db.delivery.findMany({
    where: { tenantId, notificationId: id, id: deliveryIdsOf(notification) },
    orderBy: { id: 'asc' },
    take: deliveriesShownMax,
  })
  return {
    ...showNotification(notification, tally),
    progress: await showProgress(scope, notification, tally),
    deliveries: deliveries.map((delivery) => showDelivery(delivery, notification.createdAt)),
  }
}

async function showProgress(
  { capacity, tenantId }: TenantScope & Needs<'capacity'>,
  { priority, createdAt, sendAt, pausedAt }: StoredNotification,
  { byStatus, failedByReason, expected }: Tally,
) {
  const count = (status: string): number => byStatus[status] ?? 0
  const remaining = openStatuses.reduce((sum, status) => sum + count(status), 0)
  const queuedMs = await capacity.expectWaitMs(tenantId, readWord(priorities, priority))
  const ownMs = (remaining / Math.max(1, await capacity.presentRate(tenantId))) * 1_000
  const waitMs = Math.max(queuedMs, ownMs)
  const endsAtMs = Math.max((sendAt ?? createdAt).getTime(), Date.now() + waitMs)
  const canBeTold = remaining > 0 && expected !== null && pausedAt === null && Number.isFinite(endsAtMs)
  return {
    expected,
    sent: count('sent'),
    failed: failedByReason,
    expired: count('expired'),
    cancelled: count('cancelled'),
    unknown: count('unknown'),
    remaining,
    estimated_completion_at: canBeTold ? new Date(endsAtMs).toISOString() : null,
  }
}
