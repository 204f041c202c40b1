import { exportUser as readExport, inTransaction } from '@tellwire/db'
import { type ConnectLink, recordAudit, type TenantScope } from '@tellwire/domain'
import { makeCursor, readIdCursor } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import { getUser } from './get-user.js'

const countMax = 10_000

/**
 * Shows everything that is held about a person: the latest of what was sent and what happened, and with what an
 * answer says what was before. That it was asked for is noted. @throws `not_found`
 */
export async function exportUser(scope: TenantScope, userId: string, cursor: string | undefined) {
  const list = ['export', scope.tenantId, userId]
  const before = readIdCursor(list, cursor)
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const user = await getUser(scope, userId)
    const links = await db.connectLink.findMany({ where: { tenantId, userId } })
    const topics = await db.topicSubscriber.findMany({ where: { tenantId, userId }, select: { topic: true } })
    const shownIds = user.connections.map(({ id }) => id)
    const page = await readExport(db, { tenantId, userId, shownIds, countMax, before })
    await recordAudit(scope, { tenantId, action: 'user.exported', object: { type: 'user', id: userId } })
    return {
      user,
      links: links.map(showLink),
      topics: topics.map(({ topic }) => topic.name),
      notifications: page.notifications.map(({ id, ...row }) => ({ id: showId('ntf', id), ...row })),
      deliveries: page.deliveries.map(({ id, notificationId, connectionId, ...row }) => ({
        id: showId('dlv', id),
        notification_id: showId('ntf', notificationId),
        connection_id: connectionId && showId('con', connectionId),
        ...row,
      })),
      events: page.events.map(({ id, ...row }) => ({ id: showId('evt', id), ...row })),
      is_complete: page.endsAt === undefined && before === undefined,
      earlier: page.endsAt === undefined ? null : makeCursor(list, page.endsAt),
    }
  })
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
