import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'
import { findInFlight } from './find-in-flight.js'
import { type NotificationWithContent, withContent } from './notification-with-content.js'
import { showDelivery, showNotification } from './show-notification.js'
import { emptyTally, type Tally, tallyDeliveries } from './tally-deliveries.js'

const deliveriesShownMax = 500
const openStatuses = ['scheduled', 'queued', 'sending', 'held']

export async function getNotification(ctx: TenantContext, id: string) {
  const { db, tenantId } = ctx
  const notification = await findNotification(ctx, id)
  const tallies = await tallyDeliveries(db, tenantId, [notification])
  const tally = tallies.get(id) ?? emptyTally()
  const deliveries = await db.delivery.findMany({
    where: { tenantId, notificationId: id },
    orderBy: { id: 'asc' },
    take: deliveriesShownMax,
  })
  const inFlight = await findInFlight(db, deliveries)
  const shown = showNotification(notification, tally)
  return {
    ...shown,
    counts: notification.broadcast ? shown.counts : countSending(tally, inFlight.size),
    progress: await showProgress(ctx, notification, tally),
    deliveries: deliveries.map((delivery) => showDelivery(delivery, inFlight)),
  }
}

/** @throws `not_found` */
export async function findNotification({ db, tenantId }: TenantContext, id: string): Promise<NotificationWithContent> {
  const notification = await db.notification.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: withContent,
  })
  if (!notification) throw notFound('notification', '/id')
  return notification
}

function countSending({ byStatus }: Tally, sending: number): Record<string, number> {
  if (sending === 0) return byStatus
  const { queued = 0, ...rest } = byStatus
  return { ...rest, ...(queued > sending ? { queued: queued - sending } : {}), sending }
}

async function showProgress(
  { capacity, tenantId }: TenantContext,
  { priority, createdAt, sendAt, pausedAt }: NotificationWithContent,
  { byStatus, failedByReason, expected }: Tally,
) {
  const count = (status: string): number => byStatus[status] ?? 0
  const remaining = openStatuses.reduce((sum, status) => sum + count(status), 0)
  const queuedMs = await capacity.expectWaitMs(tenantId, priority as 'high' | 'normal' | 'bulk')
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
