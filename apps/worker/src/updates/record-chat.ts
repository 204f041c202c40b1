import { displayName } from '@tellwire/domain'
import type { Chat, User } from '@tellwire/telegram'
import type { UpdateScope } from './scope.js'

/** The facts of a chat that an update tells. */
export function factsOf(chat: Chat, from: User | undefined) {
  return {
    type: chat.type,
    title: displayName(chat) || null,
    username: ('username' in chat ? chat.username : undefined) ?? null,
    ...(chat.type === 'private' && from?.language_code ? { languageCode: from.language_code } : {}),
  }
}

/**
 * Records what an update tells about its chat. Updates of different kinds arrive in any order, so a change
 * of membership counts only when no later one is known.
 * @returns whether this is the latest that is known of the bot's membership, and the language that was chosen in the chat.
 */
export async function recordChat(
  { db, botId }: UpdateScope,
  chat: Chat,
  from: User | undefined,
  dateSeconds: number,
): Promise<{ isLatest: boolean; language: string | null }> {
  const facts = factsOf(chat, from)
  const key = { botId, chatId: BigInt(chat.id) }
  const { language } = await db.chat.upsert({
    where: { botId_chatId: key },
    create: { ...key, ...facts },
    update: facts,
    select: { language: true },
  })

  const membershipAt = new Date(dateSeconds * 1_000)
  const { count } = await db.chat.updateMany({
    where: { ...key, OR: [{ membershipAt: null }, { membershipAt: { lte: membershipAt } }] },
    data: { membershipAt },
  })
  return { isLatest: count === 1, language }
}
