import { findChat, showChat } from '../chats.js'
import { badRequest, forbidden } from '../telegram-error.js'
import type { Method } from './method.js'

export const getChat: Method = ({ world, bot, parameters }) => {
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  const group = world.groups.get(chatId)
  if (group && !group.bots.includes(bot.id)) throw forbidden(`bot was kicked from the ${group.type} chat`)
  if (!group && !world.dialog(bot.id, chatId)) throw badRequest('chat not found')
  return { result: { ...showChat(world, chatId), accent_color_id: 0, max_reaction_count: 11, accepted_gift_types: {} } }
}
