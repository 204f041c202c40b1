import { moveChat } from '@tellwire/domain'
import type { Message } from '@tellwire/telegram'
import { findStartToken } from './find-start-token.js'
import { parseCommand } from './parse-command.js'
import { recordChat } from './record-chat.js'
import { reply } from './reply.js'
import { restoreBlocked } from './restore-blocked.js'
import { asPerson, type UpdateScope } from './scope.js'
import { startChat } from './start-chat.js'
import { stopChat } from './stop-chat.js'
import { chooseReplies, type Replies } from './texts.js'

/**
 * Handles a message: `/start TOKEN`, or a pasted link, connects the chat, `/stop` disconnects it. Whoever writes anything
 * else in a private chat that is connected to nothing is told how to connect it.
 */
export async function handleMessage(given: UpdateScope, message: Message): Promise<void> {
  const { chat, from } = message
  const scope = asPerson(given, from)
  if (await followMigration(scope, message)) return
  const isLatest = await recordChat(scope, chat, from, message.date)
  if (isLatest && chat.type === 'private') await restoreBlocked(scope, { botId: scope.botId, chatId: BigInt(chat.id) })
  const text = message.text ?? ''
  const command = parseCommand(text)
  if (command && !(await isForThisBot(scope, command.bot))) return

  const isPrivate = chat.type === 'private'
  const replies = chooseReplies(from?.language_code)
  const token = command?.name === 'start' ? command.argument : isPrivate ? findStartToken(text) : undefined
  if (token) return startChat(scope, { botId: scope.botId, chat, from, token })
  if (command?.name === 'stop') return stopChat(scope, message, replies)
  // In a group a bare /start, and whatever else is said, is everyone's business but ours.
  if (isPrivate) await explain(scope, message, replies, command?.name)
}

/** A group that becomes a supergroup says so in both of its chats, in any order. @returns whether it did. */
async function followMigration(scope: UpdateScope, message: Message): Promise<boolean> {
  const { chat, migrate_to_chat_id: to = chat.id, migrate_from_chat_id: from = chat.id } = message
  if (from === to) return false
  await moveChat(scope, { botId: scope.botId, chatId: BigInt(from), toChatId: BigInt(to) })
  return true
}

async function explain(
  scope: UpdateScope,
  { chat }: Message,
  replies: Replies,
  command: string | undefined,
): Promise<void> {
  const connection = await scope.db.connection.findFirst({
    where: { botId: scope.botId, chatId: BigInt(chat.id), status: 'active' },
    select: { id: true },
  })
  if (!connection || command === 'start') await reply(scope, chat, replies.bareStart)
  else if (command === 'help') await reply(scope, chat, replies.help)
}

async function isForThisBot({ db, botId }: UpdateScope, username: string | undefined): Promise<boolean> {
  if (username === undefined) return true
  const bot = await db.bot.findUniqueOrThrow({ where: { id: botId }, select: { username: true } })
  return bot.username.toLowerCase() === username.toLowerCase()
}
