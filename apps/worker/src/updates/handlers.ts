import type { SubscribedUpdate, Update } from '@tellwire/telegram'
import { handleCallbackQuery } from './handle-callback-query.js'
import { handleMembership } from './handle-membership.js'
import { handleMessage } from './handle-message.js'
import { handleReaction } from './handle-reaction.js'
import type { UpdateScope } from './scope.js'

/** By kind: what is done about an update. A bot asks Telegram for these kinds and no others. */
const handlers = {
  message: handleMessage,
  channel_post: handleMessage,
  callback_query: handleCallbackQuery,
  message_reaction: handleReaction,
  my_chat_member: handleMembership,
} satisfies {
  [Kind in SubscribedUpdate]: (scope: UpdateScope, content: NonNullable<Update[Kind]>) => Promise<void>
}

/** @returns undefined for a kind that means nothing to us. */
export function handlerOf(kind: string): ((scope: UpdateScope, update: unknown) => Promise<void>) | undefined {
  if (!Object.hasOwn(handlers, kind)) return undefined
  // The kind is the name of the field, and Telegram says what is in it.
  const handle = handlers[kind as SubscribedUpdate] as (scope: UpdateScope, content: unknown) => Promise<void>
  return (scope, update) => handle(scope, (update as Record<string, unknown>)[kind])
}
