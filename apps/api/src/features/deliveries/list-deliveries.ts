import { deliveryIdsOf, type Prisma } from '@tellwire/db'
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
  const notification = await findNotification(scope, notificationId)

  const fitting: Prisma.DeliveryWhereInput[] = []
  if (status !== undefined) fitting.push({ status })
  if (reason !== undefined) fitting.push({ failure: { path: ['code'], equals: reason } })
  const found = await searchList({
    limit,
    after,
    order: 'asc',
    within: { tenantId, notificationId, id: deliveryIdsOf(notification) },
    fitting,
    keyed: (id) => ({ id }),
    findKey: async (where, skip) =>
      (await db.delivery.findFirst({ where, orderBy: { id: 'asc' }, skip, select: { id: true } }))?.id,
    find: (where, take) => db.delivery.findMany({ where, orderBy: { id: 'asc' }, take }),
  })
  return toFoundPage(
    found,
    limit,
    list,
    ({ id }) => id,
    (delivery) => showDelivery(delivery, notification.createdAt),
  )
}
