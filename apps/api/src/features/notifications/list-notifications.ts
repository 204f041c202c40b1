import { idAfter, idFloor, type Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../../http/cursors.js'
import { type KeyRange, type Search, searchList } from '../../http/search.js'
import { findNotifications, showNotification, tallyNotifications } from '../../views/notification.js'
import type { NotificationListQuery } from './schemas.js'

/**
 * Lists notifications, newest first. Ids are time-ordered, so the times bound the ids and the partitions that are read.
 * What the deliveries have to be like is searched for.
 */
export async function listNotifications(scope: TenantScope, query: NotificationListQuery) {
  const { db, tenantId } = scope
  const { limit, cursor, ...filter } = query
  const list = ['notifications', tenantId, filter]
  const { user_id: userId, reason, status } = filter
  const fitting: Search<Prisma.NotificationWhereInput, never>['fitting'] = []
  if (userId !== undefined) fitting.push((stretch) => userFilter(userId, stretch))
  if (filter.topic !== undefined) fitting.push({ target: { path: ['topic'], equals: filter.topic } })
  if (reason !== undefined) fitting.push((stretch) => reasonFilter(reason, deliveryIdsIn(stretch)))
  if (status !== undefined) fitting.push((stretch) => statusFilter(status, deliveryIdsIn(stretch)))

  const created: Prisma.UuidFilter = {}
  if (filter.after !== undefined) created.gte = idFloor(Date.parse(filter.after))
  if (filter.before !== undefined) created.lt = idFloor(Date.parse(filter.before))
  const found = await searchList({
    limit,
    after: readIdCursor(list, cursor),
    order: 'desc',
    within: { tenantId, id: created },
    fitting,
    keyed: (id) => ({ id }),
    findKey: async (where, skip) =>
      (await db.notification.findFirst({ where, orderBy: { id: 'desc' }, skip, select: { id: true } }))?.id,
    find: (where, take) => findNotifications(scope, where, take),
  })
  const tallyOf = await tallyNotifications(scope, found.rows)
  return toFoundPage(
    found,
    limit,
    list,
    ({ id }) => id,
    (notification) => showNotification(notification, tallyOf(notification)),
  )
}

const hourMs = 3_600_000

/** The ids that the deliveries of a stretch of notifications have, but for those of broadcasts. */
function deliveryIdsIn({ gte, lte }: KeyRange): Prisma.UuidFilter {
  return {
    ...(gte === undefined ? {} : { gte: idAfter(gte, -hourMs) }),
    ...(lte === undefined ? {} : { lt: idAfter(lte, hourMs) }),
  }
}

/** A broadcast's deliveries are made whenever its time has come. */
function userFilter(userId: string, stretch: KeyRange): Prisma.NotificationWhereInput {
  const { gte } = stretch
  const since = gte === undefined ? {} : { id: { gte: idAfter(gte, -hourMs) } }
  return {
    OR: [
      { broadcast: null, deliveries: { some: { userId, id: deliveryIdsIn(stretch) } } },
      { broadcast: { isNot: null }, deliveries: { some: { userId, ...since } } },
    ],
  }
}

/** The deliveries of a broadcast may be many, and are counted as they end. */
function reasonFilter(reason: string, id: Prisma.UuidFilter): Prisma.NotificationWhereInput {
  return {
    OR: [
      { broadcast: null, deliveries: { some: { id, failure: { path: ['code'], equals: reason } } } },
      { counts: { some: { reason, count: { gt: 0 } } } },
    ],
  }
}

/** A status of a notification follows from those of its deliveries, or from what is known of its audience. */
function statusFilter(
  status: NonNullable<NotificationListQuery['status']>,
  id: Prisma.UuidFilter,
): Prisma.NotificationWhereInput {
  const some = (...statuses: string[]): Prisma.NotificationWhereInput => ({
    broadcast: null,
    deliveries: { some: { id, status: { in: statuses } } },
  })
  const none = (...statuses: string[]): Prisma.NotificationWhereInput => ({
    broadcast: null,
    deliveries: { none: { id, status: { in: statuses } } },
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
      return { OR: [some(status), isBroadcast({ isCompleted: false, expanded: { gt: 0 } })] }
    case 'sent':
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'unknown':
    case 'awaiting_user':
      return { OR: [some(status), { counts: { some: { status, count: { gt: 0 } } } }] }
  }
}
