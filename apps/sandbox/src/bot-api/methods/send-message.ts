import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { finishMessageText, readMessageText } from '../message-text.js'
import { readLinkPreview, readPlacement, readReplyParameters } from '../place.js'
import { readReplyMarkup } from '../reply-markup.js'
import type { Method } from './method.js'
import { storeMessage } from './store-message.js'

/** The checks stand in Telegram's order, so that of several failures the same one is reported. */
export const sendMessage: Method = (call) => {
  const { world, bot, parameters, atMs, flood } = call
  const linkPreview = readLinkPreview(parameters)
  const raw = readMessageText(parameters)
  readReplyParameters(parameters)
  const markup = readReplyMarkup(parameters)
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  const placement = readPlacement(world, parameters, {
    chatId,
    botId: bot.id,
    messages: world.messagesOf(bot.id, chatId),
  })
  const text = finishMessageText(raw)
  flood.admit(bot.id, chatId, atMs)
  return { result: showMessage(world, chatId, storeMessage(call, chatId, text, placement, { markup, linkPreview })) }
}
