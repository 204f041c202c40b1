import type { Message } from '@tellwire/telegram'
import { bindChat } from './bind-chat.js'
import type { Handled, UpdateContext } from './context.js'
import { enqueueReply } from './enqueue-reply.js'
import { parseCommand } from './parse-command.js'
import { rememberChat } from './remember-chat.js'
import { restoreBlocked } from './restore-blocked.js'
import { stopChat } from './stop-chat.js'
import { chooseReplies } from './texts.js'

/** `/start TOKEN` connects the chat, `/stop` disconnects it. Other messages need no answer. */
export async function handleMessage(ctx: UpdateContext, message: Message): Promise<Handled> {
  const { chat, from } = message
  const isLatest = await rememberChat(ctx, chat, from, message.date)
  if (isLatest && chat.type === 'private') await restoreBlocked(ctx, { botId: ctx.botId, chatId: BigInt(chat.id) })
  const command = parseCommand(message.text ?? '')
  if (!command || !(await isForThisBot(ctx, command.bot))) return { hasReply: false }

  const replies = chooseReplies(from?.language_code)
  switch (command.name) {
    case 'start':
      // In a group a bare /start is everyone's business but ours.
      if (command.argument === '')
        return { hasReply: chat.type === 'private' && (await enqueueReply(ctx, chat.id, replies.bareStart)) }
      return bindChat(ctx, { chat, from, token: command.argument })
    case 'stop':
      return stopChat(ctx, chat, replies)
    default:
      return { hasReply: false }
  }
}

async function isForThisBot({ db, botId }: UpdateContext, username: string | undefined): Promise<boolean> {
  if (username === undefined) return true
  const bot = await db.bot.findUniqueOrThrow({ where: { id: botId }, select: { username: true } })
  return bot.username.toLowerCase() === username.toLowerCase()
}
