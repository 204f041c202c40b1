import type { Message } from '@tellwire/telegram'
import { connectChat } from './connect-chat.js'
import type { Said } from './place.js'
import { recordChat } from './record-chat.js'
import type { UpdateScope } from './scope.js'

/**
 * Connects a channel whose post with a code was forwarded to the bot, where whoever forwards it is an administrator of
 * the channel. The answer is given where it was forwarded to.
 * @returns whether it was such a post.
 */
export async function connectForwarded(
  scope: UpdateScope,
  said: Said,
  { forward_origin: origin }: Message,
  code: string | undefined,
): Promise<boolean> {
  if (code === undefined || origin?.type !== 'channel') return false
  await recordChat(scope, origin.chat, undefined)
  const isTheirs = scope.isAdministrator(origin.chat.id, said.from?.id ?? 0)
  // To whoever does not run the channel it is a code like any other, in the wrong kind of chat.
  await connectChat(scope, isTheirs ? { ...said, chat: origin.chat } : said, { code })
  return true
}
