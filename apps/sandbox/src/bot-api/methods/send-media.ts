import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { takeFile } from '../media.js'
import { finishCaption, readCaption } from '../message-text.js'
import { readPlacement, readReplyParameters } from '../place.js'
import { readReplyMarkup } from '../reply-markup.js'
import type { MediaType } from '../../state/types.js'
import type { Method } from './method.js'
import { storeMessage } from './store-message.js'

/** `sendPhoto`, `sendDocument` and the like: one file with a caption. */
export function sendMedia(type: MediaType): Method {
  return async (call) => {
    const { world, bot, parameters, atMs, flood } = call
    const raw = readCaption(parameters)
    readReplyParameters(parameters)
    const markup = readReplyMarkup(parameters)
    const chatId = findChat(world, bot, parameters.text('chat_id'))
    assertMayWrite(world, bot, chatId)
    const placement = readPlacement(world, parameters, {
      chatId,
      botId: bot.id,
      messages: world.messagesOf(bot.id, chatId),
    })
    const file = await takeFile(call, type, parameters.text(type), type)
    const caption = finishCaption(raw)
    flood.admit(bot.id, chatId, atMs)
    const media = { type, fileId: file.fileId, hasSpoiler: parameters.isTrue('has_spoiler') }
    return { result: showMessage(world, chatId, storeMessage(call, chatId, caption, placement, { markup, media })) }
  }
}
