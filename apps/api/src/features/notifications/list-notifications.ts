import { idFloor, type Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { findNotifications, showNotification, tallyNotifications } from '../../views/notification.js'
import type { NotificationListQuery } from './schemas.js'

/** Lists notifications, newest first. Ids are time-ordered, so the times bound the ids and the partitions that are read. */
export async function listNotifications(scope: TenantScope, query: NotificationListQuery) {
  const { tenantId } = scope
  const { limit, cursor, ...filter } = query
  const list = ['notifications', tenantId, filter]
  const olderThan = readIdCursor(list, cursor)

  const filters: Prisma.NotificationWhereInput[] = [{ tenantId }]
  if (olderThan !== undefined) filters.push({ id: { lt: olderThan } })
  if (filter.after !== undefined) filters.push({ id: { gte: idFloor(Date.parse(filter.after)) } })
  if (filter.before !== undefined) filters.push({ id: { lt: idFloor(Date.parse(filter.before)) } })
  if (filter.user_id !== undefined) filters.push({ deliveries: { some: { userId: filter.user_id } } })
  if (filter.topic !== undefined) filters.push({ target: { path: ['topic'], equals: filter.topic } })
  if (filter.reason !== undefined)
    filters.push({ deliveries: { some: { failure: { path: ['code'], equals: filter.reason } } } })
  if (filter.status !== undefined) filters.push(statusFilter(filter.status))

  const notifications = await findNotifications(scope, { AND: filters }, limit + 1)
  const tallyOf = await tallyNotifications(scope, notifications)
  return toPage(
    notifications,
    limit,
    list,
    ({ id }) => id,
    (notification) => showNotification(notification, tallyOf(notification)),
  )
}

/** A status of a notification follows from those of its deliveries, or from what is known of its audience. */
function statusFilter(status: NonNullable<NotificationListQuery['status']>): Prisma.NotificationWhereInput {
  const some = (...statuses: string[]): Prisma.NotificationWhereInput => ({
    deliveries: { some: { status: { in: statuses } } },
  })
  const none = (...statuses: string[]): Prisma.NotificationWhereInput => ({
    broadcast: null,
    deliveries: { none: { status: { in: statuses } } },
  })
  const isBroadcast = (broadcast: Prisma.BroadcastWhereInput): Prisma.NotificationWhereInput => ({
    broadcast: { is: broadcast },
  })
  switch (status) {
    case 'settled':
      return { OR: [isBroadcast({ isCompleted: true }), none('queued', 'scheduled', 'awaiting_user')] }
    case 'in_progress':
      return {
        OR: [
          isBroadcast({ isCompleted: false, OR: [{ isExpanded: true }, { startsAt: { lte: new Date() } }] }),
          { broadcast: null, ...some('queued') },
        ],
      }
    case 'scheduled':
      return {
        OR: [
          isBroadcast({ isCompleted: false, isExpanded: false, startsAt: { gt: new Date() } }),
          { AND: [none('queued'), some('scheduled')] },
        ],
      }
    case 'held':
      return { AND: [none('queued', 'scheduled'), some('awaiting_user')] }
    case 'queued':
    case 'sent':
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'unknown':
    case 'awaiting_user':
      return some(status)
  }
}
