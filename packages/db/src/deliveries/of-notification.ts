import { idAfter, idFloor } from '../ids.js'

/**
 * The SQL of whether a row of `deliveries` is a notification's. It bounds the ids too, so that one or two partitions are
 * looked at: those in which the notification's deliveries were made.
 */
export function isOfNotification(delivery: string, tenantId: string, notificationId: string): string {
  return `${delivery}.tenant_id = ${tenantId} AND ${delivery}.notification_id = ${notificationId}
    AND ${delivery}.id >= deliveries_from(${tenantId}, ${notificationId})
    AND ${delivery}.id < deliveries_to(${tenantId}, ${notificationId})`
}

const hourMs = 3_600_000

/** The same bounds for a notification that is known: ids from `gte` on, below `lt`. */
export function deliveryIdsOf({ id, broadcast }: KnownNotification): { gte: string; lt: string } {
  if (!broadcast) return { gte: idAfter(id, -hourMs), lt: idAfter(id, hourMs) }
  const { startsAt, expandedAt } = broadcast
  return { gte: idFloor(startsAt.getTime() - hourMs), lt: idFloor((expandedAt ?? startsAt).getTime() + hourMs) }
}

export interface KnownNotification {
  id: string
  broadcast: { startsAt: Date; expandedAt: Date | null } | null
}
