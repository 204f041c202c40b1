import { endConnections } from '@tellwire/domain'
import { makeChatButton } from './chat-buttons.js'
import { findTenants } from './find-tenants.js'
import { type Said, speaksForChat } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

/**
 * Asks whether every connection of a chat is to end: the person wants to hear no more from this bot, whichever tenants it
 * speaks for. In a group an administrator speaks for it; who has connected it may end what they have connected, and is not
 * asked whether they mean it. A channel has nobody to ask.
 */
export async function askToStop(scope: UpdateScope, said: Said): Promise<void> {
  const { chat, place, speaker } = said
  const tenants = await findTenants(scope, chat.id, stoppableBy(scope, said))
  if (tenants.length === 0) {
    const isConnected = (await findTenants(scope, chat.id)).length > 0
    return reply(scope, place, { text: speaker.say(isConnected ? 'stop_refused' : 'not_connected') })
  }
  if (chat.type === 'channel' || (await endsOwnOnly(scope, said))) return stopChat(scope, said)
  const button = (text: string, argument: string) => ({
    text,
    data: makeChatButton(scope, said, { kind: 'stop', argument }),
  })
  await reply(scope, place, {
    text: speaker.say('stop_ask', { tenants: speaker.list(tenants.map(({ name }) => name)) }),
    buttons: [[button(speaker.say('stop_yes'), 'yes'), button(speaker.say('stop_no'), 'no')]],
  })
}

/** Ends the connections of a chat that the person may end. */
export async function stopChat(scope: UpdateScope, said: Said): Promise<void> {
  const { chat, place, speaker } = said
  const where = { botId: scope.botId, chatId: BigInt(chat.id), ...stoppableBy(scope, said) }
  const isConnected = (await scope.db.connection.count({ where: { ...where, status: 'active' } })) > 0
  const ended = await endConnections(scope, where, { status: 'stopped', reason: 'person_stopped' })
  const text = ended > 0 ? 'stopped' : isConnected ? 'stop_refused' : 'not_connected'
  await reply(scope, place, { text: speaker.say(text) })
}

/** Which connections of the chat the person may end. */
function stoppableBy(scope: UpdateScope, said: Said): { connectedBy?: bigint } {
  const personId = said.from?.id ?? 0
  if (speaksForChat(said) || scope.isAdministrator(said.chat.id, personId)) return {}
  return { connectedBy: BigInt(personId) }
}

/** Whether all that would end in a group was connected by whoever says so. */
async function endsOwnOnly({ db, botId }: UpdateScope, { chat, from }: Said): Promise<boolean> {
  if (chat.type === 'private' || from === undefined) return false
  const others = await db.connection.count({
    where: {
      botId,
      chatId: BigInt(chat.id),
      status: 'active',
      OR: [{ connectedBy: null }, { connectedBy: { not: BigInt(from.id) } }],
    },
  })
  return others === 0
}
