import { readInboxMessages } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showConnection, withChat } from '../../views/connection.js'
import type { ChatListQuery, InboxChatView } from './schemas.js'
import { showHeard } from './show-message.js'

/** Lists the chats in which people write, the one with the latest message first. */
export async function listChats(
  { db, tenantId, listening }: TenantScope & Needs<'listening'>,
  { limit, cursor, unread }: ChatListQuery,
) {
  listening.note(tenantId)
  const list = ['chats', tenantId, unread]
  const before = readIdCursor(list, cursor)
  const chats = await db.inboxChat.findMany({
    where: {
      tenantId,
      ...(unread === undefined ? {} : { unread: unread ? { gt: 0 } : 0 }),
      ...(before === undefined ? {} : { lastMessageId: { lt: before } }),
    },
    orderBy: { lastMessageId: 'desc' },
    take: limit + 1,
  })
  const page = toPage(
    chats,
    limit,
    list,
    ({ lastMessageId }) => lastMessageId,
    (chat) => chat,
  )
  const [connections, messages] = await Promise.all([
    db.connection.findMany({
      where: { tenantId, id: { in: page.data.map(({ connectionId }) => connectionId) } },
      include: withChat,
    }),
    readInboxMessages(
      db,
      tenantId,
      page.data.map(({ lastMessageId }) => lastMessageId),
    ),
  ])
  const data = page.data.flatMap(({ connectionId, lastMessageId, unread: count }): InboxChatView[] => {
    const connection = connections.find(({ id }) => id === connectionId)
    if (!connection) return []
    const message = messages.find(({ id }) => id === lastMessageId)
    const lastMessage = (message && showHeard(message)) ?? null
    return [{ connection: showConnection(connection), unread: count, last_message: lastMessage }]
  })
  return { ...page, data }
}
