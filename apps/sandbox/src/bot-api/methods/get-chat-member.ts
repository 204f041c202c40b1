import { administratorsOf, findChat, showBotMember, showPerson } from '../chats.js'
import { badRequest, forbidden } from '../telegram-error.js'
import type { Method } from './method.js'

export const getChatMember: Method = ({ world, bot, parameters }) => {
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  const group = world.groups.get(chatId)
  if (!group) throw badRequest('chat not found')
  if (!group.bots.includes(bot.id)) throw forbidden(`bot was kicked from the ${group.type} chat`)
  const userId = Number(parameters.text('user_id'))
  if (userId === bot.id) return { result: showBotMember(group, bot) }
  const person = world.people.get(userId)
  if (!person) throw badRequest('invalid user_id specified')
  const isTheirs = administratorsOf(group).includes(person.id)
  const status = isTheirs
    ? group.administrators
      ? 'administrator'
      : 'creator'
    : group.members.includes(person.id)
      ? 'member'
      : 'left'
  return { result: { status, user: showPerson(person) } }
}
