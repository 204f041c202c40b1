import {
  type ExportedRows,
  exportUser as readExport,
  idFloor,
  idTime,
  inTransaction,
  isDatabaseUnavailable,
} from '@tellwire/db'
import { type ConnectLink, recordAudit, type TenantScope } from '@tellwire/domain'
import { makeCursor, readIdCursor } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import { getUser } from './get-user.js'

/** Of each kind, on one page. */
const countMax = 2_000
const bytesMax = 4_194_304
/** How long a page is searched for. */
const searchedForMs = 2_000
const hourMs = 3_600_000
/** A window that took less is followed by a longer one. */
const fastMs = 200
const windowGrowth = 4

/**
 * Shows everything that is held about a person: the latest of what was sent and what happened, and with what an
 * answer says what was before. That it was asked for is noted. @throws `not_found`
 */
export async function exportUser(scope: TenantScope, userId: string, cursor: string | undefined) {
  const { db, tenantId } = scope
  const list = ['export', tenantId, userId]
  const before = readIdCursor(list, cursor)
  const user = await getUser(scope, userId)
  const links = await db.connectLink.findMany({ where: { tenantId, userId } })
  const topics = await db.topicSubscriber.findMany({ where: { tenantId, userId }, select: { topic: true } })
  const shownIds = user.connections.map(({ id }) => id)
  const found = await search(scope, { userId, shownIds, before })
  await inTransaction(scope, (scope) =>
    recordAudit(scope, { tenantId, action: 'user.exported', object: { type: 'user', id: userId } }),
  )
  return {
    user,
    links: links.map(showLink),
    topics: topics.map(({ topic }) => topic.name),
    notifications: found.notifications.map(({ id, ...row }) => ({ id: showId('ntf', id), ...row })),
    deliveries: found.deliveries.map(({ id, notificationId, connectionId, ...row }) => ({
      id: showId('dlv', id),
      notification_id: showId('ntf', notificationId),
      connection_id: connectionId && showId('con', connectionId),
      ...row,
    })),
    answers: found.answers.map(({ questionId, connectionId, answer, answeredAt }) => ({
      question_id: showId('qst', questionId),
      connection_id: showId('con', connectionId),
      answer,
      answered_at: answeredAt,
    })),
    events: found.events.map(({ id, ...row }) => ({ id: showId('evt', id), ...row })),
    is_complete: found.endsAt === undefined && before === undefined,
    earlier: found.endsAt === undefined ? null : makeCursor(list, found.endsAt),
  }
}

interface Searched {
  userId: string
  shownIds: readonly string[]
  before: string | undefined
}

/**
 * No index leads to a person. It goes back in time, window by window, until there is enough for a page or it has taken long
 * enough: what was not looked at by then is for the next page.
 */
async function search(
  { db, tenantId }: TenantScope,
  { userId, shownIds, before }: Searched,
): Promise<Omit<ExportedRows, 'bytes'>> {
  const endsAtMs = performance.now() + searchedForMs
  const oldestMs = idTime(tenantId) - hourMs
  const found: ExportedRows = { notifications: [], deliveries: [], answers: [], events: [], bytes: 0, endsAt: before }
  let fromMs = before === undefined ? Date.now() : idTime(before)
  let lengthMs = hourMs
  for (;;) {
    fromMs = Math.max(oldestMs, fromMs - lengthMs)
    const isLast = fromMs <= oldestMs
    const beganAtMs = performance.now()
    const from = isLast ? undefined : idFloor(fromMs)
    const what = { tenantId, userId, shownIds, countMax, bytesMax, before: found.endsAt, from }
    const page = await readExport(db, what).catch((error: unknown) => {
      // A longer window came upon a busy time, which the next page reads hour by hour.
      if (lengthMs > hourMs && isDatabaseUnavailable(error)) return undefined
      throw error
    })
    if (!page) return found
    // One that went to several chats of the person may be in two windows.
    const known = new Set(found.notifications.map(({ id }) => id))
    found.notifications.push(...page.notifications.filter(({ id }) => !known.has(id)))
    found.deliveries.push(...page.deliveries)
    found.answers.push(...page.answers)
    found.events.push(...page.events)
    found.bytes += page.bytes
    found.endsAt = page.endsAt ?? (isLast ? undefined : idFloor(fromMs))
    const isFull =
      found.bytes >= bytesMax ||
      [found.notifications, found.deliveries, found.events].some(({ length }) => length >= countMax)
    const nowMs = performance.now()
    if (found.endsAt === undefined || page.endsAt !== undefined || isFull || nowMs > endsAtMs) return found
    lengthMs = nowMs - beganAtMs < fastMs ? lengthMs * windowGrowth : hourMs
  }
}

function showLink(link: ConnectLink): Record<string, unknown> {
  return {
    id: showId('lnk', link.id),
    status: link.status,
    bot_id: showId('bot', link.botId),
    chat: link.chat,
    connection_id: link.connectionId && showId('con', link.connectionId),
    display_name: link.displayName,
    account_label: link.accountLabel,
    locale: link.locale,
    redirect_url: link.redirectUrl,
    metadata: link.metadata,
    created_at: link.createdAt,
    expires_at: link.expiresAt,
    used_at: link.usedAt,
  }
}
