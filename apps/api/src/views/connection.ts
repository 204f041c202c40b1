import { type Prisma, readWord } from '@tellwire/db'
import Type, { type Static } from 'typebox'
import { ShownId, showId } from '../http/ids.js'
import { Literals, Nullable, Timestamp } from '../http/schemas.js'

export const connectionStatuses = ['active', 'blocked', 'stopped', 'gone'] as const

export const Connection = Type.Object(
  {
    id: ShownId('con', 'The id of the connection.'),
    user_id: Type.String({ description: 'Your own id of the user.' }),
    status: Literals(connectionStatuses, {
      description:
        '`active`: messages go there. `blocked`: the person blocked the bot. `stopped`: the person sent /stop. `gone`: it was ended, or the chat is no more.',
    }),
    bot_id: ShownId('bot', 'The bot that writes to the chat.'),
    chat: Type.Object(
      {
        id: Type.Integer({ description: "Telegram's id of the chat." }),
        type: Type.String({ description: '`private`, `group`, `supergroup` or `channel`.' }),
        title: Nullable(Type.String(), { description: 'What the chat or the person is called.' }),
        username: Nullable(Type.String(), { description: 'The name by which Telegram finds it.' }),
      },
      { $id: 'Chat', description: 'The chat in Telegram.' },
    ),
    display_name: Nullable(Type.String(), { description: 'What the chat was called when it was connected.' }),
    connected_at: Timestamp('Since when.'),
  },
  { $id: 'Connection', description: 'The binding of a user to a chat on a bot.' },
)
export type ConnectionView = Static<typeof Connection>

export const withChat = { chat: true } as const satisfies Prisma.ConnectionInclude

export function showConnection(connection: Prisma.ConnectionGetPayload<{ include: typeof withChat }>): ConnectionView {
  return {
    id: showId('con', connection.id),
    user_id: connection.userId,
    status: readWord(connectionStatuses, connection.status),
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
