import type { Chat, User } from '@tellwire/telegram'
import type { BotRights, Group, Person, SandboxBot, StoredMessage } from '../state/types.js'
import type { World } from '../state/world.js'
import { showFile } from './media.js'
import { badRequest, forbidden } from './telegram-error.js'

export function showBotUser(bot: SandboxBot): User {
  return { id: bot.id, is_bot: true, first_name: bot.firstName, username: bot.username }
}

export function showPerson(person: Person): User {
  return {
    id: person.id,
    is_bot: false,
    first_name: person.firstName,
    ...(person.languageCode === undefined ? {} : { language_code: person.languageCode }),
  }
}

/** People who administrate a group: whoever made it, where nobody is named. */
export function administratorsOf({ administrators, members }: Group): number[] {
  return administrators ?? members.slice(0, 1)
}

export function isAdministrator({ rights }: Group, bot: SandboxBot): boolean {
  return rights?.[bot.id]?.status === 'administrator'
}

/** A bot as a member of a group it is in. */
export function showBotMember(group: Group, bot: SandboxBot): object {
  const { status, canPost, canSend } = group.rights?.[bot.id] ?? memberRights
  const user = showBotUser(bot)
  if (status === 'administrator') {
    const ofChannel = group.type === 'channel' ? { can_post_messages: canPost, can_edit_messages: false } : {}
    return { user, status, can_be_edited: false, is_anonymous: false, can_manage_chat: true, ...ofChannel }
  }
  return { user, status, ...(status === 'restricted' ? { is_member: true, can_send_messages: canSend } : {}) }
}

const memberRights: BotRights = { status: 'member', canPost: false, canSend: true }

export function showChat(world: World, chatId: number): Chat {
  const group = world.groups.get(chatId)
  if (group) return showGroup(group)
  return { id: chatId, type: 'private', first_name: world.people.get(chatId)?.firstName ?? '' }
}

function showGroup(group: Group): Chat {
  return { id: group.id, type: group.type, title: group.title, ...(group.topics ? { is_forum: true } : {}) } as Chat
}

/** Stands for an administrator who writes in the name of a group. */
const nobody = { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }

/** A message as the Bot API shows it. */
export function showMessage(world: World, chatId: number, message: StoredMessage): object {
  const bot = message.fromBot ? world.bots.get(message.fromId) : undefined
  const person = message.fromBot ? undefined : world.people.get(message.fromId)
  const isChannel = world.groups.get(chatId)?.type === 'channel'
  const from = bot ? showBotUser(bot) : message.isAnonymous ? nobody : person && showPerson(person)
  return {
    message_id: message.messageId,
    ...(from && !isChannel ? { from } : {}),
    ...(isChannel || message.isAnonymous ? { sender_chat: showChat(world, chatId) } : {}),
    chat: showChat(world, chatId),
    date: message.date,
    ...showForwarded(world, message),
    ...(message.editDate === undefined ? {} : { edit_date: message.editDate }),
    ...showReplied(world, chatId, message),
    ...(message.topicId === undefined ? {} : { message_thread_id: message.topicId, is_topic_message: true }),
    ...showContent(world, message),
    ...(message.mediaGroupId === undefined ? {} : { media_group_id: message.mediaGroupId }),
    ...(message.isProtected ? { has_protected_content: true } : {}),
    ...(message.effectId === undefined ? {} : { effect_id: message.effectId }),
    ...(message.linkPreview ? { link_preview_options: message.linkPreview } : {}),
    ...(message.isCaptionAbove ? { show_caption_above_media: true } : {}),
    ...(message.replyMarkup ? { reply_markup: message.replyMarkup } : {}),
  }
}

function showForwarded(world: World, { forwardedFrom: from, date }: StoredMessage): object {
  if (!from) return {}
  const origin = { type: 'channel', date, chat: showChat(world, from.chatId), message_id: from.messageId }
  return { forward_origin: origin }
}

/** The message that it answers, without what that one answers. */
function showReplied(world: World, chatId: number, message: StoredMessage): object {
  const { replyToMessageId, replyToChatId = chatId, fromId, botId = fromId } = message
  const replied = world.messagesOf(botId, replyToChatId).find(({ messageId }) => messageId === replyToMessageId)
  if (!replied) return showTopicAnswered(world, chatId, message)
  const {
    reply_to_message: _,
    external_reply: __,
    ...shown
  } = showMessage(world, replyToChatId, replied) as Record<string, object>
  return replyToChatId === chatId ? { reply_to_message: shown } : { external_reply: shown }
}

/** Every message in a topic that answers no other answers the one that made the topic. */
function showTopicAnswered(world: World, chatId: number, { topicId, replyToMessageId, date }: StoredMessage): object {
  const topic = world.groups.get(chatId)?.topics?.find(({ id }) => id === topicId)
  if (!topic || replyToMessageId !== undefined) return {}
  return {
    reply_to_message: {
      message_id: topic.id,
      date,
      chat: showChat(world, chatId),
      message_thread_id: topic.id,
      is_topic_message: true,
      forum_topic_created: { name: topic.title, icon_color: 7_322_096 },
    },
  }
}

function showContent(world: World, { text, entities, media, plain, rich }: StoredMessage): object {
  if (plain) return plain
  if (rich) return { rich_message: rich }
  const file = media && world.files.get(media.fileId)
  if (!media || !file) return { text, ...(entities.length > 0 ? { entities } : {}) }
  return {
    ...showFile(file),
    ...(text === '' ? {} : { caption: text }),
    ...(entities.length > 0 ? { caption_entities: entities } : {}),
    ...(media.hasSpoiler ? { has_media_spoiler: true } : {}),
  }
}

/** The chat that a `chat_id` names, as far as the bot has ever heard of it. */
export function findChat(world: World, bot: SandboxBot, chatIdText: string): number {
  if (chatIdText === '') throw badRequest('chat_id is empty')
  const chatId = Number.parseInt(chatIdText.trim(), 10) || 0
  if (world.bots.has(chatId) || isKnown(world, bot, chatId)) return chatId
  throw badRequest('chat not found')
}

/** A person the bot met in a private chat or a group, or a group it is or was in. */
function isKnown(world: World, bot: SandboxBot, chatId: number): boolean {
  const group = world.groups.get(chatId)
  if (group) return group.bots.includes(bot.id) || group.formerBots.includes(bot.id)
  if (world.dialog(bot.id, chatId)) return true
  return [...world.groups.values()].some(({ bots, members }) => bots.includes(bot.id) && members.includes(chatId))
}

/** @throws as Telegram does when the bot may not write there. */
export function assertMayWrite(world: World, bot: SandboxBot, chatId: number): void {
  const group = world.groups.get(chatId)
  if (group) {
    if (group.migratedTo !== undefined) {
      throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: group.migratedTo })
    }
    if (!group.bots.includes(bot.id)) throw forbidden(`bot was kicked from the ${group.type} chat`)
    const rights = group.rights?.[bot.id] ?? memberRights
    if (group.type === 'channel' && !rights.canPost) throw badRequest('need administrator rights in the channel chat')
    if (!rights.canSend) throw badRequest('not enough rights to send text messages to the chat')
    return
  }
  if (world.bots.has(chatId)) throw forbidden("the bot can't send messages to the bot")
  const dialog = world.dialog(bot.id, chatId)
  if (!dialog) throw forbidden("bot can't initiate conversation with a user")
  if (dialog.isBlocked) throw forbidden('bot was blocked by the user')
}
