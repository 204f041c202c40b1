/** The kinds of updates that a bot asks to hear of, by webhook and by polling. `my_chat_member` tells of blocks and removals. */
export const subscribedUpdates = [
  'message',
  'channel_post',
  'callback_query',
  'message_reaction',
  'my_chat_member',
] as const
export type SubscribedUpdate = (typeof subscribedUpdates)[number]
