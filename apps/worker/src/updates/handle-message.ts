import { isListening } from '@tellwire/db'
import { isConnectToken, type LinkKey, moveChat, readCode } from '@tellwire/domain'
import type { Message } from '@tellwire/telegram'
import { chooseLanguage, speak } from '@tellwire/texts'
import { answerByReply } from './answer-question.js'
import { commands, greet } from './commands.js'
import { useKey } from './connect-chat.js'
import { contentTypeOf } from './describe-message.js'
import { findStartToken } from './find-start-token.js'
import { connectForwarded } from './connect-forwarded.js'
import { isOfGroup, textOf } from './message.js'
import { findTenants } from './find-tenants.js'
import { type Command, parseCommand } from './parse-command.js'
import type { Said } from './place.js'
import { isLatestOfMembership, recordChat } from './record-chat.js'
import { reply } from './reply.js'
import { restoreBlocked } from './restore-blocked.js'
import { asPerson, type UpdateScope } from './scope.js'
import { tellTenants } from './tell-tenants.js'

/**
 * Handles a message: a command, or what connects a chat in whatever form it came, a link, a code, or a post of a channel
 * with its code. Whoever writes anything else in a private chat that is connected to nothing is told how to connect it.
 */
export async function handleMessage(given: UpdateScope, message: Message): Promise<void> {
  const { chat, from } = message
  const scope = asPerson(given, from)
  if (await followMigration(scope, message)) return
  const { language } = await recordChat(scope, chat, from)
  const isPrivate = chat.type === 'private'
  if (isPrivate && (await isLatestOfMembership(scope, chat, message.date))) {
    await restoreBlocked(scope, { botId: scope.botId, chatId: BigInt(chat.id) })
  }
  const text = textOf(message)
  const said = toSaid(message, language)

  const command = parseCommand(text)
  if (command && !(await isForThisBot(scope, command.bot))) return
  const run = command && Object.hasOwn(commands, command.name) ? commands[command.name] : undefined
  // What answers a question is an answer, also where it looks like a command, unless it is one of ours.
  if (!run && (await answerByReply(scope, message))) return
  if (command) {
    if (run && !(await isForListener(scope, said, command))) await run(scope, said, command.argument)
    else if (!(await tellTenants(scope, said, message, command)) && isPrivate) await greet(scope, said)
    return
  }
  // In a group nobody is answered who has not asked.
  if (isOfGroup(chat)) {
    await tellTenants(scope, said, message)
    return
  }
  const key = findKey(text)
  if (key && 'code' in key && isPrivate && (await connectForwarded(scope, said, message, key.code))) return
  if (key) await connectPasted(scope, said, message, key)
  else if (isPrivate && !(await tellTenants(scope, said, message)) && contentTypeOf(message)) await greet(scope, said)
}

function findKey(text: string): LinkKey | undefined {
  const token = findStartToken(text)
  if (token !== undefined) return { token }
  const code = readCode(text)
  return code === undefined ? undefined : { code }
}

/**
 * Connects a chat with what stands in a message. It may only look like a code or a link of ours, such as a number of eight
 * digits: in a chat that is connected it is said to the tenant then, like anything else.
 */
async function connectPasted(scope: UpdateScope, said: Said, message: Message, key: LinkKey): Promise<void> {
  const { use, toSay } = await useKey(scope, said, key)
  if (use === 'unknown' && !isKeyForSure(key) && (await isSaidToTenants(scope, said, message))) return
  await reply(scope, said.place, toSay)
}

const isKeyForSure = (key: LinkKey): boolean => ('code' in key ? /[A-Z]/.test(key.code) : isConnectToken(key.token))

/** What is posted in a channel is said to its readers. */
async function isSaidToTenants(scope: UpdateScope, said: Said, message: Message): Promise<boolean> {
  if (said.chat.type === 'private') return tellTenants(scope, said, message)
  return (await findTenants(scope, said.chat.id)).length > 0
}

function toSaid({ chat, from, sender_chat: senderChat, ...message }: Message, chosenLanguage: string | null): Said {
  const forumTopic = message.is_topic_message === true ? message.message_thread_id : undefined
  return {
    chat,
    from,
    senderChat,
    place: { chatId: chat.id, forumTopic },
    speaker: speak(chooseLanguage(chosenLanguage, from?.language_code)),
    chosenLanguage,
  }
}

/** A group that becomes a supergroup says so in both of its chats, in any order. @returns whether it did. */
async function followMigration(scope: UpdateScope, message: Message): Promise<boolean> {
  const { chat, migrate_to_chat_id: to = chat.id, migrate_from_chat_id: from = chat.id } = message
  if (from === to) return false
  await moveChat(scope, { botId: scope.botId, chatId: BigInt(from), toChatId: BigInt(to) })
  return true
}

/** A bare /start begins anew whatever an app does in the chat, where there is one and it listens. */
async function isForListener(scope: UpdateScope, { chat }: Said, { name, argument }: Command): Promise<boolean> {
  if (name !== 'start' || argument !== '' || chat.type !== 'private') return false
  const [tenant, another] = await findTenants(scope, chat.id)
  return tenant !== undefined && another === undefined && (await isListening(scope.db, tenant.id))
}

async function isForThisBot({ db, botId }: UpdateScope, username: string | undefined): Promise<boolean> {
  if (username === undefined) return true
  const bot = await db.bot.findUniqueOrThrow({ where: { id: botId }, select: { username: true } })
  return bot.username.toLowerCase() === username.toLowerCase()
}
