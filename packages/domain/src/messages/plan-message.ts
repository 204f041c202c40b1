import {
  captionLengthMax,
  codePointLength,
  type Entity,
  type FormattedText,
  messageLengthMax,
  renderText,
  splitMessage,
  truncateMessage,
} from '@tellwire/format'
import { makeReplyMarkup } from './make-reply-markup.js'
import type { Attachment, AttachmentType, Droppable, LinkPreview, MessageContent, MessageOptions } from './message.js'

export type SendMethod =
  | 'sendMessage'
  | 'sendPhoto'
  | 'sendVideo'
  | 'sendAnimation'
  | 'sendAudio'
  | 'sendVoice'
  | 'sendDocument'
  | 'sendSticker'
  | 'sendMediaGroup'

/** Where a medium comes from: an address or a `file_id`, an uploaded file, or a text that is made a file. */
export type MediaSource = { known: string } | { fileId: string } | { text: string; name: string }

export interface Medium {
  type: AttachmentType
  source: MediaSource
  hasSpoiler: boolean
}

/** One call of the Bot API. The chat and the media are put in by whoever makes it. */
export interface MessageStep {
  method: SendMethod
  params: Record<string, unknown>
  media: Medium[]
  /** What the chat will show of text: of a message, or a caption. */
  shown: FormattedText
}

export interface PlanOptions {
  /** Parts that are left out, because Telegram refused them. */
  dropped: readonly string[]
  /** Message effects are for private chats only. */
  isGroup: boolean
  /** The message that this one answers, if there is one. */
  replyToMessageId: number | undefined
  /** The reference that a button carries; `index` counts the buttons row by row. */
  callbackDataOf: (index: number, action: string, value: unknown) => string
}

const methodOf: Record<AttachmentType, SendMethod> = {
  photo: 'sendPhoto',
  video: 'sendVideo',
  animation: 'sendAnimation',
  audio: 'sendAudio',
  voice: 'sendVoice',
  document: 'sendDocument',
  sticker: 'sendSticker',
}

/** Shown above the whole text, which goes as a file. */
const headLength = 280

/**
 * The calls that send a message, in their order. The same content always gives the same calls, so that one
 * that was interrupted goes on where it stopped.
 */
export function planMessage(content: MessageContent, plan: PlanOptions): MessageStep[] {
  const { options } = content
  const isDropped = (what: Droppable) => plan.dropped.includes(what)
  const rendered = renderText(content.text, content.format, content.values)
  const text = { text: rendered.text, entities: isDropped('formatting') ? [] : rendered.entities }
  const attachments = (options.attachments ?? []).map((attachment) =>
    isDropped('photo') && attachment.type === 'photo' ? { ...attachment, type: 'document' as const } : attachment,
  )
  const steps = planBodies(text, attachments, options)
  const common = commonParams(options, isDropped('forum_topic'))
  const withMarkup = steps.findLastIndex(({ method }) => method !== 'sendMediaGroup')
  return steps.map((step, index) => ({
    ...step,
    params: {
      ...step.params,
      ...common,
      ...(step.method === 'sendMessage' ? linkPreviewParams(options.link_preview) : {}),
      ...(index === 0 ? openingParams(options, plan, isDropped('effect')) : {}),
      ...(index === withMarkup ? makeReplyMarkup(options, plan.callbackDataOf) : {}),
      ...(index === 0 ? options.telegram : {}),
    },
  }))
}

function planBodies(text: FormattedText, attachments: Attachment[], options: MessageOptions): MessageStep[] {
  const [first] = attachments
  if (!first) return planText(text, options)
  const isAlbum = attachments.length > 1
  const hasMarkup = options.buttons ?? options.keyboard ?? options.remove_keyboard
  // An album has no buttons, and a sticker no caption: the text follows as a message of its own.
  const isCaptioned = first.type !== 'sticker' && !(isAlbum && hasMarkup)
  const texts = isCaptioned ? captionAndRest(text, options) : textParts(text, options)
  const caption = isCaptioned ? texts.shift() : undefined
  const media = attachments.map(toMedium)
  const shown = caption ?? { text: '', entities: [] }
  const opening: MessageStep = { method: isAlbum ? 'sendMediaGroup' : methodOf[first.type], params: {}, media, shown }
  if (!isAlbum) opening.params = captionParams(shown)
  return [opening, ...texts.map(sendText)]
}

function planText(text: FormattedText, options: MessageOptions): MessageStep[] {
  if (options.overflow !== 'file' || codePointLength(text.text) <= messageLengthMax) {
    return textParts(text, options).map(sendText)
  }
  const head = truncateMessage(text, headLength)
  return [
    {
      method: 'sendDocument',
      params: captionParams(head),
      media: [{ type: 'document', source: { text: text.text, name: 'message.txt' }, hasSpoiler: false }],
      shown: head,
    },
  ]
}

function textParts(text: FormattedText, { overflow }: MessageOptions): FormattedText[] {
  if (text.text === '') return []
  return overflow === 'truncate' ? [truncateMessage(text, messageLengthMax)] : splitMessage(text, messageLengthMax)
}

function captionAndRest(text: FormattedText, { overflow }: MessageOptions): FormattedText[] {
  if (overflow === 'truncate') return [truncateMessage(text, captionLengthMax)]
  return splitMessage(text, messageLengthMax, captionLengthMax)
}

function sendText(text: FormattedText): MessageStep {
  return { method: 'sendMessage', params: textParams(text), media: [], shown: text }
}

export function textParams({ text, entities }: FormattedText): Record<string, unknown> {
  return { text, ...(entities.length > 0 ? { entities: entities.map(toBotApi) } : {}) }
}

/** The Bot API has an object where Telegram itself has a number. */
function toBotApi({ user_id: userId, ...entity }: Entity): object {
  return userId === undefined ? entity : { ...entity, user: { id: userId } }
}

export function captionParams({ text, entities }: FormattedText): Record<string, unknown> {
  if (text === '') return {}
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities.map(toBotApi) } : {}) }
}

function toMedium({ type, url, file, file_id: knownId, spoiler }: Attachment): Medium {
  const source = file === undefined ? { known: url ?? knownId ?? '' } : { fileId: file }
  return { type, source, hasSpoiler: spoiler === true }
}

function commonParams(
  { silent, protect, forum_topic: forumTopic }: MessageOptions,
  isTopicDropped: boolean,
): Record<string, unknown> {
  return {
    ...(silent ? { disable_notification: true } : {}),
    ...(protect ? { protect_content: true } : {}),
    ...(forumTopic !== undefined && !isTopicDropped ? { message_thread_id: forumTopic } : {}),
  }
}

function openingParams(
  { effect }: MessageOptions,
  { isGroup, replyToMessageId }: PlanOptions,
  isEffectDropped: boolean,
): Record<string, unknown> {
  return {
    ...(effect !== undefined && !isGroup && !isEffectDropped ? { message_effect_id: effect } : {}),
    ...(replyToMessageId === undefined
      ? {}
      : { reply_parameters: { message_id: replyToMessageId, allow_sending_without_reply: true } }),
  }
}

export function linkPreviewParams(preview: MessageOptions['link_preview']): Record<string, unknown> {
  const { mode, above, url }: LinkPreview =
    typeof preview === 'object' ? preview : preview === undefined || preview === 'default' ? {} : { mode: preview }
  const options = {
    ...(mode === 'off' ? { is_disabled: true } : {}),
    ...(mode === 'small' ? { prefer_small_media: true } : {}),
    ...(mode === 'large' ? { prefer_large_media: true } : {}),
    ...(above ? { show_above_text: true } : {}),
    ...(url === undefined ? {} : { url }),
  }
  return Object.keys(options).length > 0 ? { link_preview_options: options } : {}
}
