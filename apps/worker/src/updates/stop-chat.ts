import { endConnections } from '@tellwire/domain'
import type { Message } from '@tellwire/telegram'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'
import type { Replies } from './texts.js'

/**
 * Ends every connection of a chat: the person wants to hear no more from this bot, whichever tenants it speaks for. In a
 * group an administrator speaks for it; who has connected it ends what they have connected.
 */
export async function stopChat(scope: UpdateScope, message: Message, replies: Replies): Promise<void> {
  const { chat } = message
  const where = { botId: scope.botId, chatId: BigInt(chat.id) }
  const end = (which: { connectedBy?: bigint } = {}): Promise<number> =>
    endConnections(scope, { ...where, ...which }, { status: 'stopped', reason: 'person_stopped' })
  if (speaksForChat(message) || (await scope.db.connection.count({ where: { ...where, status: 'active' } })) === 0) {
    const ended = await end()
    return reply(scope, chat, ended > 0 ? replies.stopped : replies.notConnected)
  }
  const personId = message.from?.id ?? 0
  if (scope.isAdministrator(chat.id, personId)) {
    await end()
    return reply(scope, chat, replies.stopped)
  }
  const ended = await end({ connectedBy: BigInt(personId) })
  return reply(scope, chat, ended > 0 ? replies.stopped : replies.stopRefused)
}

/** In a private chat the person, in a channel who posts there, in a group an administrator who writes in its name. */
function speaksForChat({ chat, sender_chat: sender }: Message): boolean {
  return chat.type === 'private' || chat.type === 'channel' || sender?.id === chat.id
}
