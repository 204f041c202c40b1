import { inTransaction } from '@tellwire/db'
import { endConnections, moveChat, recordEvents } from '@tellwire/domain'
import type { WorkerContext } from '../context.js'

/** Telegram said that a chat cannot be written to: so it is for every tenant that holds it. */
export async function noteChatEnded(
  ctx: WorkerContext,
  botId: string,
  chatId: bigint,
  status: 'blocked' | 'gone',
): Promise<void> {
  await inTransaction(ctx, async ({ db }) => {
    if (status === 'blocked')
      await db.chat.update({ where: { botId_chatId: { botId, chatId } }, data: { blockedAt: new Date() } })
    await endConnections(
      db,
      { botId, chatId },
      { status, reason: status === 'blocked' ? 'person_blocked' : 'chat_gone' },
    )
  })
}

/**
 * Telegram gave a group another id: every tenant's connections, and what waits for it, move there. A user
 * who is connected in both places keeps the one that was there before.
 */
export async function noteChatMigrated(
  ctx: WorkerContext,
  botId: string,
  chatId: bigint,
  toChatId: bigint,
): Promise<void> {
  await inTransaction(ctx, ({ db }) => moveChat(db, { botId, chatId, toChatId }))
}

/**
 * Telegram refuses the bot, or takes it again. Its tenants are told when that changes. What it said of a
 * token that was replaced meanwhile counts no more.
 */
export async function noteBotHealth(
  ctx: WorkerContext,
  botId: string,
  problem: { code: string; description: string } | undefined,
  tokenSealed: Uint8Array,
): Promise<void> {
  const status = problem ? 'unauthorized' : 'active'
  if (problem)
    ctx.log.error({ botId, code: problem.code, description: problem.description }, 'telegram refuses the bot')
  await inTransaction(ctx, async ({ db }) => {
    const { count } = await db.bot.updateMany({
      where: { id: botId, status: { not: status }, tokenSealed: new Uint8Array(tokenSealed) },
      data: { status },
    })
    if (count === 0) return
    const tenants = await db.botAccess.findMany({ where: { botId }, select: { tenantId: true } })
    await recordEvents(
      db,
      tenants.map(({ tenantId }) => ({
        tenantId,
        type: problem ? 'bot.unauthorized' : 'bot.restored',
        data: { bot_id: botId },
      })),
    )
  })
}
