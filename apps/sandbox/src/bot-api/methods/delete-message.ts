import { assertMayWrite, findChat } from '../chats.js'
import { badRequest } from '../telegram-error.js'
import type { Method, MethodCall } from './method.js'

const deletableForSeconds = 48 * 3_600
const idsMax = 100

export const deleteMessage: Method = (call) => {
  const chatId = findWritableChat(call)
  const messageId = call.parameters.integer('message_id')
  if (messageId === 0) throw badRequest('message identifier is not specified')
  const outcome = remove(call, chatId, messageId)
  if (outcome === 'not found') throw badRequest('message to delete not found')
  if (outcome === 'kept') throw badRequest("message can't be deleted")
  return { result: true }
}

/** Messages that are not there, or cannot be deleted, are passed over. */
export const deleteMessages: Method = (call) => {
  const ids = call.parameters.json('message_ids', () => badRequest("can't parse message identifiers JSON object"))
  if (!Array.isArray(ids) || ids.length === 0) throw badRequest('message identifiers are not specified')
  if (ids.length > idsMax) throw badRequest('too many message identifiers specified')
  const chatId = findWritableChat(call)
  for (const id of ids) remove(call, chatId, Number(id))
  return { result: true }
}

function findWritableChat({ world, bot, parameters }: MethodCall): number {
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  return chatId
}

function remove({ world, bot }: MethodCall, chatId: number, messageId: number): 'removed' | 'not found' | 'kept' {
  const messages = world.messagesOf(bot.id, chatId)
  const index = messages.findIndex((candidate) => candidate.messageId === messageId)
  const message = messages[index]
  if (!message) return 'not found'
  const isOld = Date.now() / 1_000 - message.date > deletableForSeconds
  const isOthersInGroup = chatId < 0 && message.fromId !== bot.id
  if (isOld || isOthersInGroup) return 'kept'
  messages.splice(index, 1)
  world.onChange()
  return 'removed'
}
