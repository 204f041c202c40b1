import type { Update } from '@tellwire/telegram'
import type { Handled, UpdateContext } from './context.js'
import { handleCallbackQuery } from './handle-callback-query.js'
import { handleMembership } from './handle-membership.js'
import { handleMessage } from './handle-message.js'

/** Does what an update asks for. Kinds that mean nothing to us change nothing. */
export async function handleUpdate(ctx: UpdateContext, update: Update): Promise<Handled> {
  if (update.message) return handleMessage(ctx, update.message)
  if (update.channel_post) return handleMessage(ctx, update.channel_post)
  if (update.callback_query) return handleCallbackQuery(ctx, update.callback_query)
  if (update.my_chat_member) return handleMembership(ctx, update.my_chat_member)
  return { hasReply: false }
}
