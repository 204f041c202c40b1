import type { Prisma } from '@tellwire/db'
import { showId } from '../../http/ids.js'
import type { DeliveryStatus } from './schemas.js'

export const withContent = { content: true } as const satisfies Prisma.NotificationInclude

const openStatuses = new Set<DeliveryStatus>(['scheduled', 'queued', 'sending', 'held'])

export function showNotification(
  notification: Prisma.NotificationGetPayload<{ include: typeof withContent }>,
  statuses: DeliveryStatus[],
) {
  const target = notification.target as { user_id?: string; connection_id?: string }
  return {
    id: showId('ntf', notification.id),
    status: statuses.some((status) => openStatuses.has(status)) ? ('in_progress' as const) : ('settled' as const),
    to: target,
    priority: notification.priority,
    format: notification.content?.format ?? 'markdown',
    text: notification.content?.text ?? '',
    metadata: notification.metadata as Record<string, unknown> | null,
    counts: countByStatus(statuses),
    created_at: notification.createdAt.toISOString(),
  }
}

function countByStatus(statuses: DeliveryStatus[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

export function showDelivery(delivery: Prisma.DeliveryGetPayload<object>, inFlight: Set<string>) {
  return {
    id: showId('dlv', delivery.id),
    connection_id: showId('con', delivery.connectionId),
    user_id: delivery.userId,
    status: inFlight.has(delivery.id) ? ('sending' as const) : (delivery.status as DeliveryStatus),
    attempts: delivery.attempts,
    telegram_message_ids: delivery.telegramMessageIds.map(Number),
    sent_at: delivery.sentAt?.toISOString() ?? null,
    failure: delivery.failure as { code: string; class: string; at: string } | null,
  }
}
