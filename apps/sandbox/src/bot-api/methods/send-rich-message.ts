import { textOfRich } from '@tellwire/format'
import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { readPlacement, readReplyParameters } from '../place.js'
import { readReplyMarkup } from '../reply-markup.js'
import { readRichMessage } from '../rich-message.js'
import type { Method } from './method.js'
import { storeMessage } from './store-message.js'

export const sendRichMessage: Method = (call) => {
  const { world, bot, parameters, atMs, flood } = call
  const rich = readRichMessage(parameters)
  readReplyParameters(parameters)
  const markup = readReplyMarkup(parameters)
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  const messages = world.messagesOf(bot.id, chatId)
  const placement = readPlacement(world, parameters, { chatId, botId: bot.id, messages })
  flood.admit(bot.id, chatId, atMs)
  const words = { text: textOfRich(rich.blocks), entities: [] }
  return { result: showMessage(world, chatId, storeMessage(call, chatId, words, placement, { markup, rich })) }
}
