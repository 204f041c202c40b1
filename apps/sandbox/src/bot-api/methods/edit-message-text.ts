import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { finishMessageText, readMessageText } from '../message-text.js'
import { readReplyMarkup } from '../reply-markup.js'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'

const notModified =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

export const editMessageText: Method = ({ world, bot, parameters, atMs, flood }) => {
  const raw = readMessageText(parameters)
  const replyMarkup = readReplyMarkup(parameters)
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  const messageId = parameters.integer('message_id')
  if (messageId === 0) throw badRequest('message identifier is not specified')
  const message = world.messagesOf(bot.id, chatId).find((candidate) => candidate.messageId === messageId)
  if (!message) throw badRequest('message to edit not found')
  if (message.fromId !== bot.id) throw badRequest("message can't be edited")
  const { text, entities } = finishMessageText(raw)
  const isSame =
    JSON.stringify([text, entities, replyMarkup]) ===
    JSON.stringify([message.text, message.entities, message.replyMarkup])
  if (isSame) throw badRequest(notModified)
  flood.admit(bot.id, chatId, atMs)

  Object.assign(message, { text, entities, replyMarkup, editDate: Math.floor(Date.now() / 1_000) })
  world.onChange()
  return { result: showMessage(world, chatId, message) }
}
