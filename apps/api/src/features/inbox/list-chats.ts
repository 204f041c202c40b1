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
  const shown = chats.slice(0, limit)
  const [connections, messages] = await Promise.all([
    db.connection.findMany({
      where: { tenantId, id: { in: shown.map(({ connectionId }) => connectionId) } },
      include: withChat,
    }),
    readInboxMessages(
      db,
      tenantId,
      shown.map(({ lastMessageId }) => lastMessageId),
    ),
  ])
  const page = toPage(
    chats,
    limit,
    list,
    ({ lastMessageId }) => lastMessageId,
    (chat) => ({
      connection: connections.find(({ id }) => id === chat.connectionId),
      unread: chat.unread,
      message: messages.find(({ id }) => id === chat.lastMessageId),
    }),
  )
  return {
    ...page,
    data: page.data.flatMap(({ connection, unread: count, message }): InboxChatView[] =>
      connection
        ? [
            {
              connection: showConnection(connection),
              unread: count,
              last_message: (message && showHeard(message)) ?? null,
            },
          ]
        : [],
    ),
  }
}
