import type { Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../../http/cursors.js'
import { searchList } from '../../http/search.js'
import { showDelivery } from '../../views/delivery.js'
import { findNotification } from '../../views/notification.js'
import type { DeliveryListQuery } from './schemas.js'

/** Lists the deliveries of a notification, in the order in which they were accepted. */
export async function listDeliveries(scope: TenantScope, notificationId: string, query: DeliveryListQuery) {
  const { db, tenantId } = scope
  const { limit, cursor, status, reason } = query
  const list = ['deliveries', tenantId, notificationId, status, reason]
  const after = readIdCursor(list, cursor)
  const { createdAt } = await findNotification(scope, notificationId)

  const fitting: Prisma.DeliveryWhereInput[] = []
  if (status !== undefined) fitting.push({ status })
  if (reason !== undefined) fitting.push({ failure: { path: ['code'], equals: reason } })
  const within = (after: string | undefined) => ({ tenantId, notificationId, id: { gt: after ?? notificationId } })
  const found = await searchList({
    limit,
    after,
    findBound: async (after, rows) =>
      fitting.length === 0
        ? undefined
        : (
            await db.delivery.findFirst({
              where: within(after),
              orderBy: { id: 'asc' },
              skip: rows - 1,
              select: { id: true },
            })
          )?.id,
    find: ({ after, until, take }) =>
      db.delivery.findMany({
        where: { AND: [within(after), ...(until ? [{ id: { lte: until } }] : []), ...fitting] },
        orderBy: { id: 'asc' },
        take,
      }),
  })
  return toFoundPage(
    found,
    limit,
    list,
    ({ id }) => id,
    (delivery) => showDelivery(delivery, createdAt),
  )
}
