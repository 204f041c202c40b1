import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { finishMessageText, readMessageText } from '../message-text.js'
import { readReplyMarkup } from '../reply-markup.js'
import { badRequest } from '../telegram-error.js'
import type { StoredMessage } from '../../state/types.js'
import type { Method } from './method.js'

/** The checks stand in Telegram's order, so that of several failures the same one is reported. */
export const sendMessage: Method = ({ world, bot, parameters, atMs, flood }) => {
  readObject(
    parameters.json('link_preview_options', () => badRequest("can't parse link preview options JSON object")),
    'link preview options',
  )
  const raw = readMessageText(parameters)
  const reply = readObject(
    parameters.json('reply_parameters', () => badRequest("can't parse reply parameters JSON object")),
    'reply parameters',
  )
  const replyMarkup = readReplyMarkup(parameters)
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  assertReplyTarget(reply, world.messagesOf(bot.id, chatId))
  const { text, entities } = finishMessageText(raw)
  flood.admit(bot.id, chatId, atMs)

  const message: StoredMessage = {
    messageId: world.nextMessageId(bot, chatId),
    date: Math.floor(Date.now() / 1_000),
    editDate: undefined,
    text,
    entities,
    fromId: bot.id,
    fromBot: true,
    replyMarkup,
  }
  world.messagesOf(bot.id, chatId).push(message)
  world.onChange()
  return { result: showMessage(world, chatId, message) }
}

function readObject(value: unknown, what: string): Record<string, unknown> | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(`object expected as ${what}`)
  return value as Record<string, unknown>
}

function assertReplyTarget(reply: Record<string, unknown> | undefined, messages: StoredMessage[]): void {
  if (!reply || reply['allow_sending_without_reply'] === true) return
  const isThere = messages.some(({ messageId }) => messageId === Number(reply['message_id']))
  if (!isThere) throw badRequest('message to be replied not found')
}
