import type { Chat, User } from '@tellwire/telegram'
import type { UpdateContext } from './context.js'

/** Who or what a chat is called. */
export function displayName(chat: Chat): string {
  if (chat.type !== 'private') return chat.title ?? ''
  return [chat.first_name, chat.last_name].filter(Boolean).join(' ')
}

/**
 * Keeps what an update tells about its chat. Updates of different kinds arrive in any order, so a change
 * of membership counts only when no later one is known.
 * @returns whether this is the latest that is known of the bot's membership.
 */
export async function rememberChat(
  ctx: UpdateContext,
  chat: Chat,
  from: User | undefined,
  dateSeconds: number,
): Promise<boolean> {
  const { db, botId } = ctx
  const facts = {
    type: chat.type,
    title: displayName(chat) || null,
    username: ('username' in chat ? chat.username : undefined) ?? null,
    ...(chat.type === 'private' && from?.language_code ? { languageCode: from.language_code } : {}),
  }
  const key = { botId, chatId: BigInt(chat.id) }
  await db.chat.upsert({ where: { botId_chatId: key }, create: { ...key, ...facts }, update: facts })

  const membershipAt = new Date(dateSeconds * 1_000)
  const { count } = await db.chat.updateMany({
    where: { ...key, OR: [{ membershipAt: null }, { membershipAt: { lte: membershipAt } }] },
    data: { membershipAt },
  })
  return count === 1
}
