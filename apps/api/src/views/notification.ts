import type { DeliveryTally, InTransaction, Prisma } from '@tellwire/db'
import { priorities, readObject, readWord, tallyDeliveries } from '@tellwire/db'
import { type MessageContent, type MessageOptions, readContent, type TenantScope } from '@tellwire/domain'
import { notFound } from '../errors.js'
import { showId } from '../http/ids.js'
import type { NotificationStatus, NotificationSummaryView } from './notification-schemas.js'

/** Rows that are read with a notification to show it. */
const withContent = { content: true, broadcast: true } as const satisfies Prisma.NotificationInclude
export type StoredNotification = Prisma.NotificationGetPayload<{ include: typeof withContent }>
/** One whose content was not read yet. */
export type FoundNotification = Omit<StoredNotification, 'content'>

/** @throws `not_found` */
export async function findNotification(
  { db, tenantId }: InTransaction<TenantScope>,
  id: string,
): Promise<StoredNotification> {
  const notification = await db.notification.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: withContent,
  })
  if (!notification) throw notFound('notification', '/id')
  return notification
}

/** Finds notifications of a filter, newest first, without what they say. */
export async function findNotifications(
  { db }: TenantScope,
  where: Prisma.NotificationWhereInput,
  countMax: number,
): Promise<FoundNotification[]> {
  return db.notification.findMany({ where, orderBy: { id: 'desc' }, take: countMax, include: { broadcast: true } })
}

/** Reads what notifications say. */
export async function readContents(
  { db, tenantId }: TenantScope,
  notifications: readonly FoundNotification[],
): Promise<StoredNotification[]> {
  const contents = await db.notificationContent.findMany({
    where: { tenantId, notificationId: { in: notifications.map(({ id }) => id) } },
  })
  const byId = new Map(contents.map((content) => [content.notificationId, content]))
  return notifications.map((notification) => ({ ...notification, content: byId.get(notification.id) ?? null }))
}

/**
 * Makes those who change a notification come one after the other, and keeps its deliveries from joining their lanes
 * meanwhile. To be called first in a transaction. @returns whether it was cancelled.
 */
export async function lockNotification(
  { db, tenantId }: InTransaction<TenantScope>,
  id: string,
): Promise<{ isCancelled: boolean }> {
  const rows = await db.$queryRaw<{ is_cancelled: boolean }[]>`
    SELECT cancelled_at IS NOT NULL AS is_cancelled FROM notifications
    WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  return { isCancelled: rows[0]?.is_cancelled === true }
}

/** How many deliveries of a notification are in which state. */
export interface Tally {
  byStatus: Record<string, number>
  failedByReason: Record<string, number>
  /** Null while an audience is not expanded to its end. */
  expected: number | null
}

/** Counts the deliveries of notifications. @returns the tally of each, by its id. */
export async function tallyNotifications(
  { db, tenantId }: InTransaction<TenantScope>,
  notifications: readonly FoundNotification[],
): Promise<(notification: FoundNotification) => Tally> {
  const idsOf = (isBroadcast: boolean): string[] =>
    notifications.filter(({ broadcast }) => (broadcast !== null) === isBroadcast).map(({ id }) => id)
  const counts = await tallyDeliveries(db, tenantId, { single: idsOf(false), broadcasts: idsOf(true) })
  return (notification) =>
    toTally(
      notification,
      counts.filter(({ notificationId }) => notificationId === notification.id),
    )
}

function toTally({ broadcast }: FoundNotification, counts: readonly DeliveryTally[]): Tally {
  const tally: Tally = { byStatus: {}, failedByReason: {}, expected: 0 }
  let total = 0
  for (const { status, reason, count } of counts) {
    tally.byStatus[status] = (tally.byStatus[status] ?? 0) + count
    if (status === 'failed') tally.failedByReason[reason] = count
    total += count
  }
  if (!broadcast) return { ...tally, expected: total }
  const queued = Number(broadcast.expanded) - total
  if (queued > 0) tally.byStatus['queued'] = queued
  return { ...tally, expected: broadcast.expected === null ? null : Number(broadcast.expected) }
}

export function statusOf(
  { broadcast }: Pick<StoredNotification, 'broadcast'>,
  { byStatus }: Tally,
): NotificationStatus {
  const has = (status: string): boolean => (byStatus[status] ?? 0) > 0
  if (broadcast) {
    if (broadcast.isCompleted) return 'settled'
    return !broadcast.isExpanded && broadcast.startsAt > new Date() ? 'scheduled' : 'in_progress'
  }
  if (has('queued')) return 'in_progress'
  if (has('scheduled')) return 'scheduled'
  return has('awaiting_user') ? 'held' : 'settled'
}

/** Shows a notification under the names that it was posted with. */
export function showNotification(notification: StoredNotification, tally: Tally): NotificationSummaryView {
  const iso = (date: Date | null): string | null => date?.toISOString() ?? null
  const { dedupeKey, dedupeWindow } = notification
  return {
    id: showId('ntf', notification.id),
    status: statusOf(notification, tally),
    to: readObject(notification.target),
    ...showContent(readContent(notification.content)),
    priority: readWord(priorities, notification.priority),
    send_at: iso(notification.broadcast?.startsAt ?? notification.sendAt),
    expires_at: iso(notification.expiresAt),
    on_unknown: notification.onUnknown === 'stop' ? 'stop' : 'resend',
    if_not_connected: notification.awaitsUsers ? 'hold' : 'fail',
    dedupe: dedupeKey === null ? null : { key: dedupeKey, window: dedupeWindow ?? 0 },
    metadata: notification.metadata === null ? null : readObject(notification.metadata),
    counts: tally.byStatus,
    request_id: notification.requestId,
    paused: notification.pausedAt !== null,
    edited_at: iso(notification.content?.editedAt ?? null),
    cancelled_at: iso(notification.cancelledAt),
    created_at: notification.createdAt.toISOString(),
  }
}

/** Everything of a message, with ids as they are shown everywhere, and what it has by default. */
function showContent({ format, text, options }: MessageContent) {
  const { attachments, reply_to: replyTo, reply_to_message: heard, template, ...rest } = options
  return {
    format,
    text,
    ...defaults,
    ...rest,
    ...(attachments ? { attachments: attachments.map(showAttachment) } : {}),
    reply_to: heard ? showId('evt', heard.id) : replyTo === undefined ? null : showId('ntf', replyTo),
    ...(template ? { template: { ...template, id: showId('tpl', template.id) } } : {}),
  }
}

const defaults = {
  overflow: 'split',
  silent: false,
  protect: false,
  link_preview: 'auto',
} as const satisfies MessageOptions

function showAttachment({ file, ...attachment }: NonNullable<MessageOptions['attachments']>[number]) {
  return { ...attachment, ...(file === undefined ? {} : { file: showId('fil', file) }) }
}
