import { endConnections } from '@tellwire/domain'
import type { Chat } from '@tellwire/telegram'
import type { Handled, UpdateContext } from './context.js'
import { enqueueReply } from './enqueue-reply.js'
import type { Replies } from './texts.js'

/** The person wants to hear no more from this bot, whichever tenants it speaks for. */
export async function stopChat(ctx: UpdateContext, chat: Chat, replies: Replies): Promise<Handled> {
  const where = { botId: ctx.botId, chatId: BigInt(chat.id) }
  const ended = await endConnections(ctx.db, where, { status: 'stopped', reason: 'person_stopped' })
  return { hasReply: await enqueueReply(ctx, chat.id, ended > 0 ? replies.stopped : replies.notConnected) }
}
