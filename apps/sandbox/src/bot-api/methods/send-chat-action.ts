import { assertMayWrite, findChat } from '../chats.js'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'

const actions = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
  'cancel',
])

export const sendChatAction: Method = ({ world, bot, parameters }) => {
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  if (!actions.has(parameters.text('action'))) throw badRequest('wrong parameter action in request')
  return { result: true }
}
