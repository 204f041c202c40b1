import { findDeliveryOfMessage, type HeardMessage, recordHeard, wasHeard } from '@tellwire/db'
import type { Message } from '@tellwire/telegram'
import { answerByItself } from './answer-by-itself.js'
import { makeChatButton } from './chat-buttons.js'
import { contentTypeOf, describeMessage } from './describe-message.js'
import { type ChatTenant, findConnectionsOf, findTenants } from './find-tenants.js'
import { answeredIn, textOf } from './message.js'
import { packId } from './pack-id.js'
import { type Command, parseCommand } from './parse-command.js'
import type { Said } from './place.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

/**
 * Tells of a message the tenant that it is for: the one that the chat is connected to. Of several it is the one whose message
 * is answered, as it was recorded or as its first line says; else the person is asked, and in a group nobody is told.
 * @returns whether the chat is connected to anybody.
 */
export async function tellTenants(
  scope: UpdateScope,
  said: Said,
  message: Message,
  command?: Command,
): Promise<boolean> {
  const tenants = await findTenants(scope, message.chat.id)
  const [first] = tenants
  if (!first) return false
  if (contentTypeOf(message) === undefined) return true
  const answered = await findAnswered(scope, message)
  const meant =
    tenants.length === 1 ? first : (tenants.find(({ id }) => id === answered?.tenantId) ?? findNamed(tenants, message))
  if (meant) await recordMessage(scope, said, { tenantId: meant.id, message, command, answered })
  else if (message.chat.type === 'private') await askWhom(scope, said, tenants, message)
  return true
}

/** A notification of a tenant's. */
interface Answered {
  tenantId: string
  notificationId: string
}

/** The notification that a message answers, where it answers one of the bot's messages. */
async function findAnswered({ db, botId }: UpdateScope, message: Message): Promise<Answered | undefined> {
  const { chat } = message
  const replied = answeredIn(message)
  if (replied?.from?.is_bot !== true) return undefined
  const [chatId, sentAt] = [BigInt(chat.id), new Date(replied.date * 1_000)]
  return findDeliveryOfMessage(db, { botId, chatId, messageId: replied.message_id, sentAt })
}

/** The tenant that the first line of the message names which somebody answers. */
function findNamed(tenants: readonly ChatTenant[], message: Message): ChatTenant | undefined {
  const replied = answeredIn(message)
  if (!replied) return undefined
  const [sender] = textOf(replied).split('\n')
  return tenants.find(({ name }) => name === sender)
}

async function askWhom(
  scope: UpdateScope,
  said: Said,
  tenants: readonly ChatTenant[],
  message: Message,
): Promise<void> {
  await reply(scope, said.place, {
    text: said.speaker.say('ask_whom'),
    isNeeded: true,
    repliesTo: message.message_id,
    buttons: tenants.map(({ id, name }) => [
      { text: name, data: makeChatButton(scope, said, { kind: 'whom', argument: packId(id) }) },
    ]),
  })
}

/** The person has said whom a message is for, which the question answers. @returns what to tell the person. */
export async function passOn(
  scope: UpdateScope,
  said: Said,
  { packed, message }: { packed: string; message: Message | undefined },
): Promise<string | undefined> {
  const tenants = await findTenants(scope, said.chat.id)
  const tenant = tenants.find(({ id }) => packId(id) === packed)
  if (!tenant || !message) return said.speaker.say('press_gone')
  const inChat = { botId: scope.botId, chatId: BigInt(said.chat.id), messageId: message.message_id }
  // The question stands there for a moment longer, and can be answered twice.
  if (await wasHeard(scope.db, inChat)) return undefined
  await reply(scope, said.place, { text: said.speaker.say('passed_on', { tenant: tenant.name }) })
  const [command, answered] = [parseCommand(textOf(message)), await findAnswered(scope, message)]
  await recordMessage(scope, said, { tenantId: tenant.id, message, answered, command })
  return undefined
}

interface Heard {
  tenantId: string
  message: Message
  answered: Answered | undefined
  command?: Command | undefined
}

async function recordMessage(
  scope: UpdateScope,
  said: Said,
  { tenantId, message, answered, command }: Heard,
): Promise<void> {
  const described = describeMessage(scope, message)
  if (!described) return
  const connections = await findConnectionsOf(scope, tenantId, message.chat.id)
  await recordHeard(
    scope.db,
    connections.map(({ id, userId }): HeardMessage => {
      const notificationId = answered?.tenantId === tenantId ? answered.notificationId : null
      const data = { ...described, reply_to_notification_id: notificationId, user_id: userId, connection_id: id }
      if (!command) return { tenantId, type: 'message.received', data }
      const { name, argument } = command
      return { tenantId, type: 'command.received', data: { ...data, command: name, argument } }
    }),
  )
  if (message.chat.type === 'private') await answerByItself(scope, said, tenantId)
}
