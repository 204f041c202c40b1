import { assertMayWrite, findChat } from '../chats.js'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'

const deletableForSeconds = 48 * 3_600

export const deleteMessage: Method = ({ world, bot, parameters }) => {
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  const messageId = parameters.integer('message_id')
  if (messageId === 0) throw badRequest('message identifier is not specified')
  const messages = world.messagesOf(bot.id, chatId)
  const index = messages.findIndex((candidate) => candidate.messageId === messageId)
  const message = messages[index]
  if (!message) throw badRequest('message to delete not found')
  const isOld = Date.now() / 1_000 - message.date > deletableForSeconds
  const isOthersInGroup = chatId < 0 && message.fromId !== bot.id
  if (isOld || isOthersInGroup) throw badRequest("message can't be deleted")
  messages.splice(index, 1)
  world.onChange()
  return { result: true }
}
