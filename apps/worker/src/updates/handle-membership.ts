import { endConnections } from '@tellwire/domain'
import type { ChatMemberUpdated } from '@tellwire/telegram'
import type { Handled, UpdateContext } from './context.js'
import { rememberChat } from './remember-chat.js'
import { restoreBlocked } from './restore-blocked.js'

/** A person blocked or unblocked the bot, or it was added to or removed from a group or channel. */
export async function handleMembership(ctx: UpdateContext, change: ChatMemberUpdated): Promise<Handled> {
  const { chat, new_chat_member: member } = change
  const isLatest = await rememberChat(ctx, chat, change.from, change.date)
  if (!isLatest) return { hasReply: false }

  const key = { botId: ctx.botId, chatId: BigInt(chat.id) }
  const isIn =
    member.status !== 'left' && member.status !== 'kicked' && (member.status !== 'restricted' || member.is_member)
  if (isIn) {
    await restoreBlocked(ctx, key)
  } else if (chat.type === 'private') {
    await ctx.db.chat.update({ where: { botId_chatId: key }, data: { blockedAt: new Date(change.date * 1_000) } })
    await endConnections(ctx.db, key, { status: 'blocked', reason: 'person_blocked' })
  } else {
    await endConnections(ctx.db, key, { status: 'gone', reason: 'bot_removed' })
  }
  return { hasReply: false }
}
