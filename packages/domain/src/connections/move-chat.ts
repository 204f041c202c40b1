import type { Transaction } from '@tellwire/db'
import { type NewEvent, recordEvents } from '../events/record-events.js'
import { endConnections } from './end-connections.js'

/**
 * A group became a supergroup and has another id: the chat, every tenant's connections to it and what waits
 * for them move there. A user who is connected in both places keeps the connection that was there before.
 * Doing it again changes nothing. To be called in a transaction.
 */
export async function moveChat(
  db: Transaction,
  { botId, chatId, toChatId }: { botId: string; chatId: bigint; toChatId: bigint },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO chats (bot_id, chat_id, type, title, username, language_code, membership_at)
    SELECT bot_id, ${toChatId}, 'supergroup', title, username, language_code, membership_at FROM chats
    WHERE bot_id = ${botId}::uuid AND chat_id = ${chatId}
    ON CONFLICT DO NOTHING`
  await db.chat.updateMany({ where: { botId, chatId }, data: { migratedToChatId: toChatId } })

  const settled = await db.connection.findMany({
    where: { botId, chatId: toChatId },
    select: { tenantId: true, userId: true },
  })
  for (const { tenantId, userId } of settled)
    await endConnections(db, { tenantId, userId, botId, chatId }, { status: 'gone', reason: 'chat_migrated' })

  const moved = await db.connection.updateManyAndReturn({
    where: { botId, chatId, NOT: settled.map(({ tenantId, userId }) => ({ tenantId, userId })) },
    data: { chatId: toChatId },
  })
  // What changes messages stays: they are in the old chat, and numbers of messages begin anew in the other.
  await db.pendingDelivery.updateMany({
    where: { botId, chatId, kind: { not: 'change' } },
    data: { chatId: toChatId },
  })
  await recordEvents(
    db,
    moved.map((connection): NewEvent => ({
      tenantId: connection.tenantId,
      type: 'user.migrated',
      data: { user_id: connection.userId, connection_id: connection.id, chat_id: Number(toChatId) },
    })),
  )
}
