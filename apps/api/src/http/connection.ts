import type { Prisma } from '@tellwire/db'
import Type from 'typebox'
import { ShownId, showId } from './ids.js'
import { Literals, Nullable, Timestamp } from './schemas.js'

export const Connection = Type.Object({
  id: ShownId('con'),
  status: Literals(['active', 'blocked', 'stopped', 'gone']),
  bot_id: ShownId('bot'),
  chat: Type.Object({
    id: Type.Integer(),
    type: Type.String(),
    title: Nullable(Type.String()),
    username: Nullable(Type.String()),
  }),
  display_name: Nullable(Type.String()),
  connected_at: Timestamp,
})

export function showConnection(connection: Prisma.ConnectionGetPayload<{ include: { chat: true } }>) {
  return {
    id: showId('con', connection.id),
    status: connection.status as 'active' | 'blocked' | 'stopped' | 'gone',
    bot_id: showId('bot', connection.botId),
    chat: {
      id: Number(connection.chat.chatId),
      type: connection.chat.type,
      title: connection.chat.title,
      username: connection.chat.username,
    },
    display_name: connection.displayName,
    connected_at: connection.connectedAt.toISOString(),
  }
}
