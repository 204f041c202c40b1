import type { Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
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

  const filters: Prisma.DeliveryWhereInput[] = [{ tenantId, notificationId }]
  if (after !== undefined) filters.push({ id: { gt: after } })
  if (status !== undefined) filters.push({ status })
  if (reason !== undefined) filters.push({ failure: { path: ['code'], equals: reason } })
  const deliveries = await db.delivery.findMany({ where: { AND: filters }, orderBy: { id: 'asc' }, take: limit + 1 })
  return toPage(
    deliveries,
    limit,
    list,
    ({ id }) => id,
    (delivery) => showDelivery(delivery, createdAt),
  )
}
