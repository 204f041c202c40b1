import { textOfRich } from '@tellwire/format'
import { assertMayWrite, findChat, showMessage } from '../chats.js'
import { readInputMedia } from '../input-media.js'
import { finishCaption, finishMessageText, readCaption, readMessageText } from '../message-text.js'
import { readLinkPreview } from '../place.js'
import { assertFits, readReplyMarkup } from '../reply-markup.js'
import { readRichMessage } from '../rich-message.js'
import { badRequest } from '../telegram-error.js'
import type { StoredMessage } from '../../state/types.js'
import type { Method, MethodCall, MethodResult } from './method.js'

const notModified =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

/** A text becomes a rich message where there is one, and the other way round. */
export const editMessageText: Method = (call) => {
  const linkPreview = readLinkPreview(call.parameters)
  const rich = call.parameters.has('rich_message') ? readRichMessage(call.parameters) : undefined
  const raw = rich ? undefined : readMessageText(call.parameters)
  const markup = readInlineMarkup(call)
  const { chatId, message } = findOwnMessage(call)
  if (message.media) throw badRequest('there is no text in the message to edit')
  const words = raw ? finishMessageText(raw) : { text: textOfRich(rich?.blocks ?? []), entities: [] }
  // Of the preview, too, an edit keeps nothing.
  return change(call, chatId, message, { ...words, rich, linkPreview, replyMarkup: markup.inline })
}

export const editMessageCaption: Method = (call) => {
  const raw = readCaption(call.parameters)
  const markup = readInlineMarkup(call)
  const { chatId, message } = findOwnMessage(call)
  if (!message.media) throw badRequest('there is no caption in the message to edit')
  return change(call, chatId, message, { ...finishCaption(raw), replyMarkup: markup.inline })
}

export const editMessageMedia: Method = async (call) => {
  const value = call.parameters.json('media', () => badRequest("can't parse media JSON object"))
  if (value === undefined) throw badRequest('parameter "media" is required')
  const markup = readInlineMarkup(call)
  const { chatId, message } = findOwnMessage(call)
  if (!message.media) throw badRequest("message can't be edited")
  const { media, caption } = await readInputMedia(call, value)
  return change(call, chatId, message, { ...caption, media, replyMarkup: markup.inline })
}

export const editMessageReplyMarkup: Method = (call) => {
  const markup = readInlineMarkup(call)
  const { chatId, message } = findOwnMessage(call)
  return change(call, chatId, message, { replyMarkup: markup.inline })
}

function readInlineMarkup({ parameters }: MethodCall) {
  const markup = readReplyMarkup(parameters)
  if (markup.keyboard ?? markup.forcedReply) throw badRequest('inline keyboard expected')
  return markup
}

function findOwnMessage({ world, bot, parameters }: MethodCall): { chatId: number; message: StoredMessage } {
  const chatId = findChat(world, bot, parameters.text('chat_id'))
  // What was written in a group before it became a supergroup is still there under its former id.
  if (world.groups.get(chatId)?.migratedTo === undefined) assertMayWrite(world, bot, chatId)
  const messageId = parameters.integer('message_id')
  if (messageId === 0) throw badRequest('message identifier is not specified')
  const message = world.messagesOf(bot.id, chatId).find((candidate) => candidate.messageId === messageId)
  if (!message) throw badRequest('message to edit not found')
  // What has a keyboard that is none of its own buttons stays as it is.
  const isFixed = message.keyboard !== undefined || message.forcedReply !== undefined
  if (message.fromId !== bot.id || isFixed) throw badRequest("message can't be edited")
  return { chatId, message }
}

function change(
  { world, bot, atMs, flood }: MethodCall,
  chatId: number,
  message: StoredMessage,
  changes: Partial<StoredMessage>,
): MethodResult {
  assertFits({ inline: changes.replyMarkup, keyboard: undefined }, chatId)
  const now = { ...message, ...changes }
  if (JSON.stringify(now) === JSON.stringify(message)) throw badRequest(notModified)
  flood.admit(bot.id, chatId, atMs)
  Object.assign(message, changes, { editDate: Math.floor(Date.now() / 1_000) })
  world.onChange()
  return { result: showMessage(world, chatId, message) }
}
