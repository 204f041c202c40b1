import type { Prisma } from '@tellwire/db'
import type { MessageOptions } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import type { NotificationWithContent } from './notification-with-content.js'
import type { DeliveryChange, DeliveryStatus, NotificationStatus } from './schemas.js'
import type { Tally } from './tally-deliveries.js'

export function showNotification(notification: NotificationWithContent, tally: Tally) {
  const iso = (date: Date | null): string | null => date?.toISOString() ?? null
  return {
    id: showId('ntf', notification.id),
    status: statusOf(notification, tally),
    to: notification.target as Record<string, unknown>,
    priority: notification.priority,
    format: notification.content?.format ?? 'markdown',
    text: notification.content?.text ?? '',
    message: showMessage(notification.content?.message),
    edited_at: iso(notification.content?.editedAt ?? null),
    metadata: notification.metadata as Record<string, unknown> | null,
    counts: tally.byStatus,
    on_unknown: notification.onUnknown,
    send_at: iso(notification.broadcast?.startsAt ?? notification.sendAt),
    expires_at: iso(notification.expiresAt),
    paused: notification.pausedAt !== null,
    cancelled_at: iso(notification.cancelledAt),
    created_at: notification.createdAt.toISOString(),
  }
}

/** Ids as they are shown everywhere. */
function showMessage(message: unknown): Record<string, unknown> {
  const { attachments, reply_to: replyTo, template, ...rest } = (message ?? {}) as MessageOptions
  return {
    ...rest,
    ...(attachments
      ? {
          attachments: attachments.map(({ file, ...item }) => ({
            ...item,
            ...(file ? { file: showId('fil', file) } : {}),
          })),
        }
      : {}),
    ...(replyTo === undefined ? {} : { reply_to: showId('ntf', replyTo) }),
    ...(template ? { template: { ...template, id: showId('tpl', template.id) } } : {}),
  }
}

export function statusOf(
  { broadcast }: Pick<NotificationWithContent, 'broadcast'>,
  { byStatus }: Tally,
): NotificationStatus {
  const has = (...statuses: DeliveryStatus[]): boolean => statuses.some((status) => (byStatus[status] ?? 0) > 0)
  if (broadcast) {
    if (broadcast.isCompleted) return 'settled'
    return !broadcast.isExpanded && broadcast.startsAt > new Date() ? 'scheduled' : 'in_progress'
  }
  if (has('queued', 'sending')) return 'in_progress'
  if (has('scheduled')) return 'scheduled'
  return has('held') ? 'held' : 'settled'
}

export function showDelivery(delivery: Prisma.DeliveryGetPayload<object>, inFlight: Set<string>) {
  return {
    id: showId('dlv', delivery.id),
    connection_id: delivery.connectionId === null ? null : showId('con', delivery.connectionId),
    user_id: delivery.userId,
    status: inFlight.has(delivery.id) ? ('sending' as const) : (delivery.status as DeliveryStatus),
    attempts: delivery.attempts,
    telegram_message_ids: delivery.telegramMessageIds.map(Number),
    sent_at: delivery.sentAt?.toISOString() ?? null,
    degraded: delivery.dropped.includes('formatting'),
    dropped: delivery.dropped,
    change: delivery.change as DeliveryChange | null,
    failure: delivery.failure as { code: string; class: string; at: string } | null,
  }
}
