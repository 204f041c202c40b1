import { type InTransaction, movePendingToChat, type Transaction } from '@tellwire/db'
import { type NewEvent, recordEvents } from '../events/record-events.js'
import type { SystemScope } from '../scope.js'
import { endConnections } from './end-connections.js'

/**
 * Moves a group that became a supergroup to its other id: the chat, every tenant's connections to it and what waits
 * for them. A user who is connected in both places keeps the connection that was there before, and one who had left there the one from here.
 * Doing it again changes nothing.
 */
export async function moveChat(
  scope: InTransaction<SystemScope>,
  { botId, chatId, toChatId }: { botId: string; chatId: bigint; toChatId: bigint },
): Promise<void> {
  const { db } = scope
  await db.$executeRaw`
    INSERT INTO chats AS c (
      bot_id, chat_id, type, title, username, language_code, membership_at, language, is_administrator, auto_answered_at
    )
    SELECT bot_id, ${toChatId}, 'supergroup', title, username, language_code, membership_at, language, is_administrator,
      auto_answered_at
    FROM chats
    WHERE bot_id = ${botId}::uuid AND chat_id = ${chatId}
    ON CONFLICT (bot_id, chat_id) DO UPDATE SET language = coalesce(c.language, excluded.language)`
  await db.chat.updateMany({ where: { botId, chatId }, data: { migratedToChatId: toChatId } })

  await makeWay(db, { botId, chatId, toChatId })
  const settled = await db.connection.findMany({
    where: { botId, chatId: toChatId },
    select: { tenantId: true, userId: true },
  })
  for (const { tenantId, userId } of settled)
    await endConnections(scope, { tenantId, userId, botId, chatId }, { status: 'gone', reason: 'chat_migrated' })

  const moved = await db.connection.updateManyAndReturn({
    where: { botId, chatId, NOT: settled.map(({ tenantId, userId }) => ({ tenantId, userId })) },
    data: { chatId: toChatId },
  })
  await movePendingToChat(db, botId, chatId, toChatId)
  await recordEvents(
    db,
    moved.map(({ tenantId, userId, id }): NewEvent => ({
      tenantId,
      type: 'user.migrated',
      data: { user_id: userId, connection_id: id, chat_id: Number(toChatId) },
    })),
  )
}

/** Somebody who had left the group under its other id, and is connected under this one, stays connected: the one that ended goes. */
async function makeWay(
  db: Transaction,
  { botId, chatId, toChatId }: { botId: string; chatId: bigint; toChatId: bigint },
): Promise<void> {
  const active = await db.connection.findMany({ where: { botId, chatId, status: 'active' } })
  for (const { tenantId, userId, id } of active) {
    const where = { tenantId, userId, botId, chatId: toChatId, status: { not: 'active' } }
    const ended = await db.connection.findFirst({ where, select: { id: true } })
    if (!ended) continue
    await db.connectLink.updateMany({ where: { tenantId, connectionId: ended.id }, data: { connectionId: id } })
    await db.connection.delete({ where: { tenantId_id: { tenantId, id: ended.id } } })
  }
}
