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

/** Records what an update tells about its chat. @returns the language that was chosen in it. */
export async function recordChat(
  { db, botId }: UpdateScope,
  chat: Chat,
  from: User | undefined,
): Promise<{ language: string | null }> {
  const facts = factsOf(chat, from)
  const key = { botId, chatId: BigInt(chat.id) }
  return db.chat.upsert({
    where: { botId_chatId: key },
    create: { ...key, ...facts },
    update: facts,
    select: { language: true },
  })
}

/**
 * Records that something was told of the bot's membership in a chat: a change of it or, in a private chat alone, anything that
 * the person does there. Updates of different kinds arrive in any order.
 * @returns whether nothing later is known.
 */
export async function isLatestOfMembership(
  { db, botId }: UpdateScope,
  chat: Chat,
  dateSeconds: number,
): Promise<boolean> {
  const membershipAt = new Date(dateSeconds * 1_000)
  const { count } = await db.chat.updateMany({
    where: { botId, chatId: BigInt(chat.id), OR: [{ membershipAt: null }, { membershipAt: { lte: membershipAt } }] },
    data: { membershipAt },
  })
  return count === 1
}
