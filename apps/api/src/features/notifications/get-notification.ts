import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'
import { findInFlight } from './find-in-flight.js'
import { showDelivery, showNotification, withContent } from './show-notification.js'

export async function getNotification({ db, tenantId }: TenantContext, id: string) {
  const notification = await db.notification.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: { ...withContent, deliveries: { orderBy: { id: 'asc' } } },
  })
  if (!notification) throw notFound('notification', '/id')

  const inFlight = await findInFlight(db, notification.deliveries)
  const deliveries = notification.deliveries.map((delivery) => showDelivery(delivery, inFlight))
  return {
    ...showNotification(
      notification,
      deliveries.map(({ status }) => status),
    ),
    deliveries,
  }
}
