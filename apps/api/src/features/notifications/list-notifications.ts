import { idFloor, type Prisma } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { DeliveryStatus, NotificationListQuery } from './schemas.js'
import { showNotification, withContent } from './show-notification.js'

const openStatuses = ['scheduled', 'queued', 'held']

/** Newest first. Ids are time-ordered, so the times bound the ids and with them the partitions that are read. */
export async function listNotifications({ db, tenantId }: TenantContext, query: NotificationListQuery) {
  const { limit, cursor, ...filter } = query
  const scope = ['notifications', tenantId, filter]
  const olderThan = readIdCursor(scope, cursor)

  const filters: Prisma.NotificationWhereInput[] = [{ tenantId }]
  if (olderThan !== undefined) filters.push({ id: { lt: olderThan } })
  if (filter.after !== undefined) filters.push({ id: { gte: idFloor(Date.parse(filter.after)) } })
  if (filter.before !== undefined) filters.push({ id: { lt: idFloor(Date.parse(filter.before)) } })
  if (filter.user_id !== undefined) filters.push({ deliveries: { some: { userId: filter.user_id } } })
  if (filter.status !== undefined) filters.push(statusFilter(filter.status))

  const notifications = await db.notification.findMany({
    where: { AND: filters },
    orderBy: { id: 'desc' },
    take: limit + 1,
    include: { ...withContent, deliveries: { select: { status: true } } },
  })
  return toPage(
    notifications,
    limit,
    scope,
    ({ id }) => id,
    (notification) =>
      showNotification(
        notification,
        notification.deliveries.map(({ status }) => status as DeliveryStatus),
      ),
  )
}

function statusFilter(status: NonNullable<NotificationListQuery['status']>): Prisma.NotificationWhereInput {
  if (status === 'in_progress') return { deliveries: { some: { status: { in: openStatuses } } } }
  if (status === 'settled') return { deliveries: { none: { status: { in: openStatuses } } } }
  // A delivery that is being sent is stored as queued until its outcome is known.
  return { deliveries: { some: { status: status === 'sending' ? 'queued' : status } } }
}
