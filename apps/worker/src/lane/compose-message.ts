import type { ClaimedDelivery } from '@tellwire/db'
import { type Entity, type FormattedText, renderMarkdown, renderPlain } from '@tellwire/format'
import type { MessageEntity, Params } from '@tellwire/telegram'

/** A message of our own in a chat: a welcome, or an answer to what a person wrote. */
export interface Reply {
  text: string
  entities: Entity[]
}

/**
 * The parameters of `sendMessage` for what was claimed. `isPaid`: the bot's owner pays Telegram for sends
 * beyond 30 a second.
 */
export function composeMessage(delivery: ClaimedDelivery, { isPaid }: { isPaid: boolean }): Params<'sendMessage'> {
  const { text, entities } = formatDelivery(delivery)
  return {
    chat_id: Number(delivery.chatId),
    text,
    // Every type that the formatter makes is one of Telegram's, with the fields it asks for.
    ...(entities.length > 0 ? { entities: entities as MessageEntity[] } : {}),
    ...(isPaid ? { allow_paid_broadcast: true } : {}),
  }
}

function formatDelivery({ kind, reply, format, text, isDegraded }: ClaimedDelivery): FormattedText {
  if (kind === 'reply') return reply as Reply
  if (format === 'plain') return renderPlain(text ?? '')
  const rendered = renderMarkdown(text ?? '')
  return isDegraded ? { text: rendered.text, entities: [] } : rendered
}
