import { randomUUID } from 'node:crypto'
import type { MessageEntity } from '@tellwire/telegram'
import {
  administratorsOf,
  isAdministrator,
  showBotMember,
  showBotUser,
  showChat,
  showMessage,
  showPerson,
} from '../bot-api/chats.js'
import type { CallbackAnswers } from '../bot-api/methods/method.js'
import type { BotRights, Dialog, Group, Person, SandboxBot, StoredMessage } from '../state/types.js'
import type { World } from '../state/world.js'
import type { UpdateQueue } from '../updates/update-queue.js'
import { ControlError } from './control-error.js'
import { parseStartLink } from './start-link.js'

export interface Control {
  world: World
  queue: UpdateQueue
  answers: CallbackAnswers
}

/** Acts of people in Telegram, with the updates that follow from them. */
export function openLink(control: Control, person: Person, link: string, chatId: number | undefined) {
  const { world } = control
  const parsed = parseStartLink(link)
  const bot = world.botByUsername(parsed.bot)
  if (!bot) throw new ControlError(404, `there is no bot @${parsed.bot}`)
  if (person.losesPayloads) parsed.payload = ''
  if (parsed.kind === 'start') {
    return say(control, person, { bot }, parsed.payload === '' ? '/start' : `/start ${parsed.payload}`)
  }

  const group = world.groups.get(chatId ?? 0)
  if (!group) throw new ControlError(400, 'this link is for a group or channel: name it with chat_id')
  if (parsed.kind === 'startchannel' && parsed.adminRights.length === 0) {
    throw new ControlError(400, 'a link for a channel has to ask for rights of an administrator')
  }
  addBot(control, person, group, bot, parsed.adminRights)
  if (parsed.kind === 'startchannel') return { chat_id: group.id }
  const command = `/start@${bot.username}`
  return say(control, person, { group }, parsed.payload === '' ? command : `${command} ${parsed.payload}`)
}

/** @throws when the person has not blocked the bot. */
export function unblock(control: Control, person: Person, bot: SandboxBot): void {
  const dialog = control.world.dialog(bot.id, person.id)
  if (!dialog?.isBlocked) throw new ControlError(409, 'the bot is not blocked')
  setBlocked(control, person, bot, dialog, false)
}

export function block(control: Control, person: Person, bot: SandboxBot): void {
  const dialog = control.world.openDialog(bot.id, person.id)
  if (dialog.isBlocked) throw new ControlError(409, 'the bot is blocked already')
  setBlocked(control, person, bot, dialog, true)
}

/** What a message of a person has besides its text. */
export type SaidExtras = Pick<StoredMessage, 'forwardedFrom' | 'replyToMessageId' | 'media' | 'plain' | 'isAnonymous'>

/** Writes in a private chat or a group. Writing to a blocked bot unblocks it, as pressing Restart does. */
export function say(
  control: Control,
  person: Person,
  to: { bot: SandboxBot } | { group: Group; topicId?: number | undefined },
  text: string,
  extras: SaidExtras = {},
) {
  const { world, queue } = control
  if ('bot' in to) {
    const dialog = world.openDialog(to.bot.id, person.id)
    if (dialog.isBlocked) setBlocked(control, person, to.bot, dialog, false)
    const message = store(world, to.bot, person.id, { person, text, ...extras, botId: to.bot.id })
    queue.push(to.bot, { message: showMessage(world, person.id, message) } as never, `chat ${person.id}`)
    return { message_id: message.messageId, chat_id: person.id }
  }

  const { group, topicId } = to
  assertLives(group)
  if (!group.members.includes(person.id)) throw new ControlError(403, 'the person is not in this group')
  const bots = group.bots.flatMap((id) => world.bots.get(id) ?? [])
  if (group.type === 'channel' && !administratorsOf(group).includes(person.id)) {
    throw new ControlError(403, 'only an administrator posts in a channel')
  }
  if (extras.isAnonymous === true && !administratorsOf(group).includes(person.id)) {
    throw new ControlError(403, 'only an administrator writes in the name of a group')
  }
  if (topicId !== undefined && !group.topics?.some(({ id }) => id === topicId)) {
    throw new ControlError(404, 'there is no such topic')
  }
  const message = store(world, bots[0], group.id, { person, text, topicId, ...extras })
  const shown = showMessage(world, group.id, message)
  for (const bot of bots) {
    if (group.type === 'channel') queue.push(bot, { channel_post: shown } as never, `chat ${group.id}`)
    else if (isHeardInGroup(bot, text) || isAdministrator(group, bot) || isAnswerTo(world, group, bot, extras))
      queue.push(bot, { message: shown } as never, `chat ${group.id}`)
  }
  return { message_id: message.messageId, chat_id: group.id }
}

/** A message of a bot, in a private chat or a group. */
export interface MessagePlace {
  chatId: number
  bot: SandboxBot | undefined
  messageId: number
}

/** Changes how a person reacts to a message of a bot. Of a group only bots are told that administrate it. */
export function react(control: Control, person: Person, place: MessagePlace, emoji: readonly string[]): void {
  const { world, queue } = control
  const { bot, message } = findMessageOfBot(control, person, place)
  const group = world.groups.get(place.chatId)
  const before = message.reactions?.[person.id] ?? []
  if (before.join() === emoji.join()) return
  message.reactions = { ...message.reactions, [person.id]: [...emoji] }
  const show = (each: string) => ({ type: 'emoji', emoji: each })
  const change = {
    chat: showChat(world, place.chatId),
    message_id: message.messageId,
    user: showPerson(person),
    date: Math.floor(Date.now() / 1_000),
    old_reaction: before.map(show),
    new_reaction: emoji.map(show),
  }
  // Nobody is told who reacts in a channel.
  if (group?.type === 'channel') pushReactionCount(control, bot, place.chatId, message)
  else if (!group || isAdministrator(group, bot)) queue.push(bot, { message_reaction: change } as never, 'reactions')
  world.onChange()
}

function pushReactionCount({ world, queue }: Control, bot: SandboxBot, chatId: number, message: StoredMessage): void {
  const counts = new Map<string, number>()
  for (const emoji of Object.values(message.reactions ?? {}).flat()) counts.set(emoji, (counts.get(emoji) ?? 0) + 1)
  const change = {
    chat: showChat(world, chatId),
    message_id: message.messageId,
    date: Math.floor(Date.now() / 1_000),
    reactions: [...counts].map(([emoji, count]) => ({ type: { type: 'emoji', emoji }, total_count: count })),
  }
  queue.push(bot, { message_reaction_count: change } as never, 'reactions')
}

export function press(
  control: Control,
  person: Person,
  place: MessagePlace & { row: number; column: number; isMessageGone: boolean },
) {
  const { world, queue, answers } = control
  const { bot, message } = findMessageOfBot(control, person, place)
  const button = message.replyMarkup?.inline_keyboard[place.row]?.[place.column]
  if (!button) throw new ControlError(404, 'there is no such button')
  if ('url' in button) return { url: button.url }
  if ('copy_text' in button) return { copied: button.copy_text.text }
  if ('web_app' in button) return { web_app: button.web_app.url }

  const id = randomUUID().replaceAll('-', '').slice(0, 19)
  answers.set(id, { botId: bot.id, atMs: Date.now(), text: undefined, isAnswered: false })
  const query = {
    id,
    from: showPerson(person),
    ...(place.isMessageGone ? {} : { message: showMessage(world, place.chatId, message) }),
    chat_instance: String(place.chatId),
    data: button.callback_data,
  }
  queue.push(bot, { callback_query: query } as never, `callback ${person.id}`)
  return { callback_query_id: id }
}

export function addBot(
  control: Control,
  person: Person,
  group: Group,
  bot: SandboxBot,
  adminRights: readonly string[] = [],
): void {
  assertLives(group)
  if (group.bots.includes(bot.id)) return
  const before = membershipOf(group, bot)
  group.bots.push(bot.id)
  setRights(group, bot, {
    status: adminRights.length > 0 ? 'administrator' : 'member',
    canPost: adminRights.includes('post_messages'),
    canSend: true,
  })
  pushMembership(control, bot, group.id, person, before)
}

/** An administrator of the group changes what a bot may do there. */
export function changeRights(
  control: Control,
  person: Person,
  { group, bot, rights }: { group: Group; bot: SandboxBot; rights: BotRights },
): void {
  assertLives(group)
  if (!group.bots.includes(bot.id)) throw new ControlError(409, 'the bot is not in this group')
  const before = membershipOf(group, bot)
  setRights(group, bot, rights)
  pushMembership(control, bot, group.id, person, before)
}

/** Nothing new happens in a group that became a supergroup. */
function assertLives({ migratedTo }: Group): void {
  if (migratedTo !== undefined) throw new ControlError(409, `the group became the supergroup ${migratedTo}`)
}

function setRights(group: Group, bot: SandboxBot, rights: BotRights): void {
  group.rights = { ...group.rights, [bot.id]: rights }
}

/** Sends a post of a channel on to a bot. */
export function forward(
  control: Control,
  person: Person,
  bot: SandboxBot,
  post: { chatId: number; messageId: number },
) {
  const message = control.world.messagesOf(0, post.chatId).find(({ messageId }) => messageId === post.messageId)
  if (!message) throw new ControlError(404, 'there is no such message in this channel')
  return say(control, person, { bot }, message.text, { forwardedFrom: post })
}

export function removeBot(control: Control, person: Person, group: Group, bot: SandboxBot): void {
  assertLives(group)
  if (!group.bots.includes(bot.id)) throw new ControlError(409, 'the bot is not in this group')
  const before = membershipOf(group, bot)
  group.bots = group.bots.filter((id) => id !== bot.id)
  group.formerBots.push(bot.id)
  pushMembership(control, bot, group.id, person, before)
}

/** Makes a supergroup of a group. Bots are told in both chats. */
export function upgradeGroup({ world, queue }: Control, group: Group): Group {
  const { title, members, administrators, bots } = group
  const supergroup = world.createGroup({ title, members, type: 'supergroup' })
  supergroup.administrators = administrators
  supergroup.bots = [...bots]
  supergroup.rights = group.rights
  group.migratedTo = supergroup.id
  for (const bot of bots.flatMap((id) => world.bots.get(id) ?? [])) {
    const tell = (chat: Group, what: object): void => {
      const date = Math.floor(Date.now() / 1_000)
      const message = { message_id: world.nextMessageId(bot, chat.id), date, chat: showChat(world, chat.id), ...what }
      queue.push(bot, { message } as never, `chat ${chat.id}`)
    }
    tell(group, { migrate_to_chat_id: supergroup.id })
    tell(supergroup, { migrate_from_chat_id: group.id })
  }
  world.onChange()
  return supergroup
}

/** With privacy mode on, a bot in a group hears commands that name it or nobody. */
function isHeardInGroup(bot: SandboxBot, text: string): boolean {
  const named = /^\/\w+(?:@(\w+))?/.exec(text)
  if (!named) return false
  return named[1] === undefined || named[1].toLowerCase() === bot.username.toLowerCase()
}

/** An answer to what a bot wrote is heard by it. */
function isAnswerTo(world: World, group: Group, bot: SandboxBot, { replyToMessageId }: SaidExtras): boolean {
  return world
    .messagesOf(bot.id, group.id)
    .some(({ messageId, fromId }) => messageId === replyToMessageId && fromId === bot.id)
}

function findMessageOfBot(
  { world }: Control,
  person: Person,
  place: MessagePlace,
): { bot: SandboxBot; message: StoredMessage } {
  const group = world.groups.get(place.chatId)
  // Also of one that became a supergroup: what was sent there can still be pressed.
  if (group && !group.members.includes(person.id)) throw new ControlError(403, 'the person is not in this group')
  const bots = place.bot
    ? [place.bot]
    : [...world.bots.values()].filter((bot) => place.chatId < 0 || world.dialog(bot.id, person.id))
  for (const bot of bots) {
    const message = world
      .messagesOf(bot.id, place.chatId)
      .find((candidate) => candidate.messageId === place.messageId && candidate.fromId === bot.id)
    if (message) return { bot, message }
  }
  throw new ControlError(404, 'there is no such message of a bot in this chat')
}

function setBlocked(control: Control, person: Person, bot: SandboxBot, dialog: Dialog, isBlocked: boolean): void {
  const member = (isOut: boolean) => ({
    user: showBotUser(bot),
    ...(isOut ? { status: 'kicked', until_date: 0 } : { status: 'member' }),
  })
  dialog.isBlocked = isBlocked
  pushChange(control, bot, { chatId: person.id, person, before: member(!isBlocked), after: member(isBlocked) })
}

/** What a bot is in a group, before or after something changes. */
function membershipOf(group: Group, bot: SandboxBot): object {
  if (group.bots.includes(bot.id)) return showBotMember(group, bot)
  const status = group.formerBots.includes(bot.id) ? 'kicked' : 'left'
  return { user: showBotUser(bot), status, ...(status === 'kicked' ? { until_date: 0 } : {}) }
}

function pushMembership(control: Control, bot: SandboxBot, chatId: number, person: Person, before: object): void {
  const group = control.world.groups.get(chatId)
  if (group) pushChange(control, bot, { chatId, person, before, after: membershipOf(group, bot) })
}

function pushChange(
  { world, queue }: Control,
  bot: SandboxBot,
  { chatId, person, before, after }: { chatId: number; person: Person; before: object; after: object },
): void {
  const change = {
    chat: showChat(world, chatId),
    from: showPerson(person),
    date: Math.floor(Date.now() / 1_000),
    old_chat_member: before,
    new_chat_member: after,
  }
  queue.push(bot, { my_chat_member: change } as never, `membership ${chatId}`)
  world.onChange()
}

function store(
  world: World,
  bot: SandboxBot | undefined,
  chatId: number,
  { person, text, ...extras }: { person: Person; text: string } & SaidExtras & Pick<StoredMessage, 'topicId' | 'botId'>,
): StoredMessage {
  const group = world.groups.get(chatId)
  const messageId = bot ? world.nextMessageId(bot, chatId) : group ? group.nextMessageId++ : 1
  const message: StoredMessage = {
    messageId,
    date: Math.floor(Date.now() / 1_000),
    editDate: undefined,
    text,
    entities: commandEntities(text),
    fromId: person.id,
    fromBot: false,
    replyMarkup: undefined,
    ...extras,
  }
  world.messagesOf(bot?.id ?? 0, chatId).push(message)
  world.onChange()
  return message
}

function commandEntities(text: string): MessageEntity[] {
  const command = /^\/[A-Za-z0-9_]{1,32}(@\w+)?/.exec(text)?.[0]
  return command === undefined ? [] : [{ type: 'bot_command', offset: 0, length: command.length }]
}
