import { takeTyping } from '@tellwire/db'
import { type TenantScope, unsealBotToken } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findConnection } from './find-connection.js'

/**
 * Shows in a chat that somebody is typing, for five seconds. It is only for the looks: where it was shown a moment ago, or where
 * Telegram does not want it, nothing happens.
 * @throws `not_found`, and `user_not_connected` for a connection that has ended.
 */
export async function showTyping(
  scope: TenantScope & Needs<'sealer' | 'telegram'>,
  connectionId: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, sealer, telegram } = scope
  const { botId, chatId, status, chat } = await findConnection(scope, connectionId)
  if (status !== 'active') throw new ApiError('user_not_connected', `The connection is ${status}.`)
  const bot = await db.bot.findUniqueOrThrow({ where: { id: botId } })
  // Channels have nobody who types.
  if (bot.status !== 'active' || chat.type === 'channel' || !(await takeTyping(db, { botId, chatId }))) return
  const token = unsealBotToken(sealer, bot)
  await telegram.call(token, 'sendChatAction', { chat_id: Number(chatId), action: 'typing' }, { signal })
}
