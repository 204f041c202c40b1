import { idFloor, type Prisma } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { withContent } from './notification-with-content.js'
import type { NotificationListQuery } from './schemas.js'
import { showNotification } from './show-notification.js'
import { emptyTally, tallyDeliveries } from './tally-deliveries.js'

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
  if (filter.topic !== undefined) filters.push({ target: { path: ['topic'], equals: filter.topic } })
  if (filter.reason !== undefined)
    filters.push({ deliveries: { some: { failure: { path: ['code'], equals: filter.reason } } } })
  if (filter.status !== undefined) filters.push(statusFilter(filter.status))

  const notifications = await db.notification.findMany({
    where: { AND: filters },
    orderBy: { id: 'desc' },
    take: limit + 1,
    include: withContent,
  })
  const tallies = await tallyDeliveries(db, tenantId, notifications)
  return toPage(
    notifications,
    limit,
    scope,
    ({ id }) => id,
    (notification) => showNotification(notification, tallies.get(notification.id) ?? emptyTally()),
  )
}

/** A delivery that is being sent is stored as queued until its outcome is known. */
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
      return { OR: [isBroadcast({ isCompleted: true }), none('queued', 'scheduled', 'held')] }
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
      return { AND: [none('queued', 'scheduled'), some('held')] }
    case 'sending':
      return some('queued')
    case 'queued':
    case 'sent':
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'unknown':
      return some(status)
  }
}
