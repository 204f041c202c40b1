import { randomInt } from 'node:crypto'
import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { readInputMedia } from '../input-media.js'
import { readPlacement, readReplyParameters } from '../place.js'
import { badRequest } from '../telegram-error.js'
import type { Method } from './method.js'
import { storeMessage } from './store-message.js'

const itemsMax = 10

/** An album: a message for each file, which the clients show as one. */
export const sendMediaGroup: Method = async (call) => {
  const { world, bot, parameters, atMs, flood } = call
  const value = parameters.json('media', () => badRequest("can't parse media JSON object"))
  if (value === undefined) throw badRequest('parameter "media" is required')
  if (!Array.isArray(value)) throw badRequest('expected an Array of InputMedia')
  if (value.length === 0) throw badRequest('there are no messages to send')
  if (value.length > itemsMax) throw badRequest('too many messages to send as an album')
  readReplyParameters(parameters)
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  assertMayWrite(world, bot, chatId)
  const placement = readPlacement(world, parameters, {
    chatId,
    botId: bot.id,
    messages: world.messagesOf(bot.id, chatId),
  })
  const items = []
  for (const item of value as unknown[]) items.push(await readInputMedia(call, item))
  assertMix(items.map(({ media }) => media.type))
  flood.admit(bot.id, chatId, atMs, items.length)
  const mediaGroupId = String(randomInt(2 ** 47))
  const messages = items.map(({ media, caption }) =>
    storeMessage(call, chatId, caption, placement, { media, mediaGroupId }),
  )
  return { result: messages.map((message) => showMessage(world, chatId, message)) }
}

/** Photos and videos go together, documents and audio only with their own. */
function assertMix(types: string[]): void {
  for (const type of types) {
    if (type === 'animation') {
      throw badRequest('can\'t parse InputMedia: type "animation" can\'t be used in sendMediaGroup')
    }
    const isAlone = type === 'document' || type === 'audio'
    if (isAlone && types.some((other) => other !== type))
      throw badRequest(`${type} can't be mixed with other media types`)
  }
}
