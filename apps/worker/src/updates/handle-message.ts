import type { Message } from '@tellwire/telegram'
import { parseCommand } from './parse-command.js'
import { recordChat } from './record-chat.js'
import { reply } from './reply.js'
import { restoreBlocked } from './restore-blocked.js'
import { asPerson, type UpdateScope } from './scope.js'
import { startChat } from './start-chat.js'
import { stopChat } from './stop-chat.js'
import { chooseReplies } from './texts.js'

/** Handles a message: `/start TOKEN` connects the chat, `/stop` disconnects it. Other messages need no answer. */
export async function handleMessage(given: UpdateScope, message: Message): Promise<void> {
  const { chat, from } = message
  const scope = asPerson(given, from)
  const isLatest = await recordChat(scope, chat, from, message.date)
  if (isLatest && chat.type === 'private') await restoreBlocked(scope, { botId: scope.botId, chatId: BigInt(chat.id) })
  const command = parseCommand(message.text ?? '')
  if (!command || !(await isForThisBot(scope, command.bot))) return

  const replies = chooseReplies(from?.language_code)
  switch (command.name) {
    case 'start':
      if (command.argument !== '') return startChat(scope, { botId: scope.botId, chat, from, token: command.argument })
      // In a group a bare /start is everyone's business but ours.
      if (chat.type === 'private') await reply(scope, chat, replies.bareStart)
      return
    case 'stop':
      return stopChat(scope, message, replies)
  }
}

async function isForThisBot({ db, botId }: UpdateScope, username: string | undefined): Promise<boolean> {
  if (username === undefined) return true
  const bot = await db.bot.findUniqueOrThrow({ where: { id: botId }, select: { username: true } })
  return bot.username.toLowerCase() === username.toLowerCase()
}
