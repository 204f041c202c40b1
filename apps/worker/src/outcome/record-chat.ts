import { inTransaction } from '@tellwire/db'
import { botRemoved, endConnections, moveChat, type SystemScope } from '@tellwire/domain'

/** Records that Telegram lets nobody write to a chat: so it is for every tenant that holds it. */
export async function recordChatEnded(
  scope: SystemScope,
  { botId, chatId }: { botId: string; chatId: bigint },
  status: 'blocked' | 'gone',
): Promise<void> {
  await inTransaction(scope, async (scope) => {
    if (status === 'blocked') {
      await scope.db.chat.update({ where: { botId_chatId: { botId, chatId } }, data: { blockedAt: new Date() } })
    }
    const reason = status === 'blocked' ? 'person_blocked' : chatId < 0n ? botRemoved : 'chat_gone'
    await endConnections(scope, { botId, chatId }, { status, reason })
  })
}

/**
 * Records that Telegram gave a group another id: every tenant's connections, and what waits for it, move there. A
 * user who is connected in both places keeps the one that was there before.
 */
export async function recordChatMigrated(
  scope: SystemScope,
  moved: { botId: string; chatId: bigint; toChatId: bigint },
): Promise<void> {
  await inTransaction(scope, (scope) => moveChat(scope, moved))
}
