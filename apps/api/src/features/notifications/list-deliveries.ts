import type { Prisma } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { findInFlight } from './find-in-flight.js'
import { findNotification } from './get-notification.js'
import type { DeliveryListQuery } from './schemas.js'
import { showDelivery } from './show-notification.js'

/** In the order in which they were accepted. */
export async function listDeliveries(ctx: TenantContext, notificationId: string, query: DeliveryListQuery) {
  const { db, tenantId } = ctx
  const { limit, cursor, status, reason } = query
  const scope = ['deliveries', tenantId, notificationId, status, reason]
  const after = readIdCursor(scope, cursor)
  await findNotification(ctx, notificationId)

  const filters: Prisma.DeliveryWhereInput[] = [{ tenantId, notificationId }]
  if (after !== undefined) filters.push({ id: { gt: after } })
  if (status !== undefined) filters.push({ status: status === 'sending' ? 'queued' : status })
  if (reason !== undefined) filters.push({ failure: { path: ['code'], equals: reason } })
  const deliveries = await db.delivery.findMany({ where: { AND: filters }, orderBy: { id: 'asc' }, take: limit + 1 })
  const inFlight = await findInFlight(db, deliveries)
  return toPage(
    deliveries,
    limit,
    scope,
    ({ id }) => id,
    (delivery) => showDelivery(delivery, inFlight),
  )
}
