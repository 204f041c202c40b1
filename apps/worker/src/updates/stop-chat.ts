import { endConnections } from '@tellwire/domain'
import type { Chat } from '@tellwire/telegram'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'
import type { Replies } from './texts.js'

/** Ends every connection of a chat: the person wants to hear no more from this bot, whichever tenants it speaks for. */
export async function stopChat(scope: UpdateScope, chat: Chat, replies: Replies): Promise<void> {
  const where = { botId: scope.botId, chatId: BigInt(chat.id) }
  const ended = await endConnections(scope, where, { status: 'stopped', reason: 'person_stopped' })
  await reply(scope, chat, ended > 0 ? replies.stopped : replies.notConnected)
}
