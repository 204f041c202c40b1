import type { MessageText } from '../message-text.js'
import type { Placement } from '../place.js'
import { assertFits, type ReplyMarkup } from '../reply-markup.js'
import type { StoredMessage } from '../../state/types.js'
import type { MethodCall } from './method.js'

/** Puts a bot's message into a chat. */
export function storeMessage(
  { world, bot }: Pick<MethodCall, 'world' | 'bot'>,
  chatId: number,
  { text, entities }: MessageText,
  placement: Placement,
  more: Partial<StoredMessage> & { markup?: ReplyMarkup },
): StoredMessage {
  const { markup, ...rest } = more
  if (markup) assertFits(markup, chatId)
  const message: StoredMessage = {
    messageId: world.nextMessageId(bot, chatId),
    date: Math.floor(Date.now() / 1_000),
    editDate: undefined,
    text,
    entities,
    fromId: bot.id,
    fromBot: true,
    replyMarkup: markup?.inline,
    keyboard: markup?.keyboard,
    forcedReply: markup?.forcedReply,
    ...placement,
    ...rest,
  }
  world.messagesOf(bot.id, chatId).push(message)
  world.endDraft(bot.id, chatId)
  world.onChange()
  return message
}
