import { deliveryIdsOf, idAfter, idFloor, idTime, Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../../http/cursors.js'
import { type Found, type KeyRange, type Search, searchedForMs, searchList } from '../../http/search.js'
import { countFitting } from '../../views/count-fitting.js'
import {
  findNotifications,
  type FoundNotification,
  readContents,
  showNotification,
  tallyNotifications,
} from '../../views/notification.js'
import type { NotificationListQuery } from './schemas.js'

/**
 * Lists notifications, newest first. Ids are time-ordered, so it goes back in time by windows, each of which lies in a
 * few partitions. What the deliveries have to be like is searched for.
 */
export async function listNotifications(scope: TenantScope, query: NotificationListQuery) {
  const { tenantId } = scope
  const { limit, cursor, ...filter } = query
  const list = ['notifications', tenantId, filter]
  const found = await searchByWindows(scope, filter, { limit, after: readIdCursor(list, cursor) })
  const ids = found.rows.slice(0, limit).map(({ id }) => id)
  const shownMax = Math.max(1, await countFitting(scope, ids))
  const page = toFoundPage(
    found,
    shownMax,
    list,
    ({ id }) => id,
    (notification) => notification,
  )
  const notifications = await readContents(scope, page.data)
  const tallyOf = await tallyNotifications(scope, notifications)
  return {
    ...page,
    data: notifications.map((notification) => showNotification(notification, tallyOf(notification))),
  }
}

type Filter = Omit<NotificationListQuery, 'limit' | 'cursor'>

const hourMs = 3_600_000
const firstWindowMs = 7 * 24 * hourMs
const windowGrowth = 4

/** The windows of time in which a tenant can have notifications, the newest first: its id tells when it began. */
function* windowsOf(tenantId: string, { after, before }: Filter, cursor: string | undefined): Generator<Window> {
  const newestMs = Math.min(
    Date.now() + hourMs,
    before === undefined ? Infinity : Date.parse(before),
    cursor === undefined ? Infinity : idTime(cursor) + 1,
  )
  const oldestMs = Math.max(idTime(tenantId) - hourMs, after === undefined ? 0 : Date.parse(after))
  let [toMs, windowMs] = [newestMs, firstWindowMs]
  while (toMs > oldestMs) {
    const fromMs = Math.max(oldestMs, toMs - windowMs)
    yield { gte: idFloor(fromMs), lt: idFloor(toMs) }
    toMs = fromMs
    windowMs *= windowGrowth
  }
}

interface Window {
  gte: string
  lt: string
}

async function searchByWindows(
  scope: TenantScope,
  filter: Filter,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Found<FoundNotification>> {
  const { db, tenantId } = scope
  const endsAtMs = performance.now() + searchedForMs
  const rows: FoundNotification[] = []
  for (const window of windowsOf(tenantId, filter, after)) {
    const found = await searchList({
      limit: limit - rows.length,
      after: after !== undefined && after < window.lt ? after : undefined,
      order: 'desc',
      within: { tenantId, id: window },
      fitting: fittingOf(scope, filter, window),
      keyed: (id) => ({ id }),
      findKey: async (where, skip) =>
        (await db.notification.findFirst({ where, orderBy: { id: 'desc' }, skip, select: { id: true } }))?.id,
      find: (where, take) => findNotifications(scope, where, take),
    })
    rows.push(...found.rows)
    if (rows.length > limit || found.searchedTo !== undefined) return { rows, searchedTo: found.searchedTo }
    if (performance.now() > endsAtMs) return { rows, searchedTo: window.gte }
  }
  return { rows, searchedTo: undefined }
}

function fittingOf(
  scope: TenantScope,
  { user_id: userId, topic, reason, status }: Filter,
  window: Window,
): Search<Prisma.NotificationWhereInput, never>['fitting'] {
  // Both ends are known, so that the partitions are.
  const whole = ({ gte = window.gte, lte = window.lt }: KeyRange): Stretch => ({ gte, lte })
  return [
    ...(userId === undefined ? [] : [(keys: KeyRange) => userFilter(scope, userId, whole(keys))]),
    ...(topic === undefined ? [] : [{ target: { path: ['topic'], equals: topic } }]),
    ...(reason === undefined ? [] : [(keys: KeyRange) => reasonFilter(scope, reason, deliveryIdsIn(whole(keys)))]),
    ...(status === undefined ? [] : [(keys: KeyRange) => statusFilter(scope, status, deliveryIdsIn(whole(keys)))]),
  ]
}

interface Stretch {
  gte: string
  lte: string
}

/** The ids that the deliveries of a stretch of notifications have, but for those of broadcasts. */
function deliveryIdsIn({ gte, lte }: Stretch): Prisma.UuidFilter {
  return { gte: idAfter(gte, -hourMs), lt: idAfter(lte, hourMs) }
}

/** A broadcast's deliveries are made whenever its time has come; there are few of them. */
async function userFilter(
  { db, tenantId }: TenantScope,
  userId: string,
  stretch: Stretch,
): Promise<Prisma.NotificationWhereInput> {
  const broadcasts = await db.broadcast.findMany({
    where: { tenantId, notificationId: stretch },
    select: { notificationId: true, startsAt: true, expandedAt: true },
  })
  return {
    OR: [
      { broadcast: null, deliveries: { some: { userId, id: deliveryIdsIn(stretch) } } },
      ...broadcasts.map(({ notificationId: id, ...broadcast }) => ({
        id,
        deliveries: { some: { userId, id: deliveryIdsOf({ id, broadcast }) } },
      })),
    ],
  }
}

/** The deliveries of a broadcast may be many, and are counted as they end. */
async function reasonFilter(
  scope: TenantScope,
  reason: string,
  id: Prisma.UuidFilter,
): Promise<Prisma.NotificationWhereInput> {
  return {
    OR: [
      await failedFilter(scope, { id, failure: { path: ['code'], equals: reason } }),
      { counts: { some: { reason, count: { gt: 0 } } } },
    ],
  }
}

const failedMax = 2_000

/**
 * Of deliveries that failed there is an index. Where they are few they are looked up first, and where they are many,
 * every notification that is looked at has a good chance.
 */
async function failedFilter(
  { db, tenantId }: TenantScope,
  where: Prisma.DeliveryWhereInput & { id: Prisma.UuidFilter },
): Promise<Prisma.NotificationWhereInput> {
  const failed = await db.delivery.findMany({
    where: { AND: [{ tenantId, NOT: { failure: { equals: Prisma.AnyNull } } }, where] },
    select: { notificationId: true },
    take: failedMax,
  })
  if (failed.length === failedMax) return { broadcast: null, deliveries: { some: where } }
  return { broadcast: null, id: { in: [...new Set(failed.map(({ notificationId }) => notificationId))] } }
}

/** A status of a notification follows from those of its deliveries, or from what is known of its audience. */
async function statusFilter(
  scope: TenantScope,
  status: NonNullable<NotificationListQuery['status']>,
  id: Prisma.UuidFilter,
): Promise<Prisma.NotificationWhereInput> {
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
    case 'failed':
      return {
        OR: [await failedFilter(scope, { id, status }), { counts: { some: { status, count: { gt: 0 } } } }],
      }
    case 'sent':
    case 'expired':
    case 'cancelled':
    case 'unknown':
    case 'awaiting_user':
      return { OR: [some(status), { counts: { some: { status, count: { gt: 0 } } } }] }
  }
}
