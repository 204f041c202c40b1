import {
  captionLengthMax,
  codePointLength,
  type Entity,
  type FormattedText,
  messageLengthMax,
  renderText,
  richAsText,
  splitMessage,
  truncateMessage,
} from '@tellwire/format'
import { sentAddress } from '../addresses/sent-address.js'
import { aboveOutcome, belowSender } from './below-sender.js'
import {
  droppableOf,
  formattingAt,
  type IsDropped,
  keptAttachments,
  type Placed,
  withoutDropped,
  withoutFormatting,
} from './go-without.js'
import { linkPreviewParams } from './link-preview.js'
import type { Body, Medium, MessageStep, SendMethod } from './message-step.js'
import { makeReplyMarkup } from './make-reply-markup.js'
import { planRich, type RichPlan } from './plan-rich.js'
import { type AttachmentType, type Droppable, type MessageContent, type MessageOptions, readingOf } from './message.js'

export interface PlanOptions {
  /** Parts that are left out, because Telegram refused them. */
  dropped: readonly string[]
  /** Message effects are for private chats only. */
  isGroup: boolean
  /** Whose message it is, where the chat could not tell: it stands above the text, whatever that says. */
  sender: string | undefined
  /** The message that this one answers, if there is one, and its chat where that is another. */
  replyTo: { messageId: number; chatId: string | undefined } | undefined
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
 * @throws {SpoilerRefused}
 */
export function planMessage(content: MessageContent, plan: PlanOptions): MessageStep[] {
  const isDropped = (what: Droppable): boolean => plan.dropped.includes(what)
  const options = withoutDropped(content.options, isDropped)
  const attachments = keptAttachments(options, isDropped)
  const planned = isDropped('rich_layout') ? undefined : planRich(content, { sender: plan.sender, isDropped })
  const isAllRich = planned !== undefined && planned.refusedFrom === undefined
  const text = isAllRich ? noText : writeText(content, plan.sender, isDropped)
  const rich = planned && richBodies(planned, text, { ...options, isDropped })
  // What was sent stays as it was divided, whatever the rest goes without.
  const hasMarkup = hasMarkupBelow(content.options)
  const bodies = plainFrom(planBodies({ text, rich }, attachments, { ...options, isDropped, hasMarkup }), {
    ...options,
    isDropped,
  })
  const shownCount = bodies.reduce((sum, { media, shown }) => sum + media.length + (shown.text === '' ? 0 : 1), 0)
  // Without its one medium such a message would show nothing.
  const isAlone = shownCount <= 1
  const withMarkup = bodies.findLastIndex(({ method }) => method !== 'sendMediaGroup')
  return bodies.map((body, index) => {
    const { method, params, media, shown } = body
    // The parameters are this call's own.
    Object.assign(params, commonParams(options))
    if (method === 'sendMessage') Object.assign(params, linkPreviewParams(options.link_preview, shown))
    if (index === 0) Object.assign(params, openingParams(options, plan))
    if (index === withMarkup) Object.assign(params, makeReplyMarkup(options, plan.callbackDataOf))
    if (index === 0 && options.telegram) Object.assign(params, options.telegram)
    return { method, params, media, shown, droppable: droppableOf(body, { index, options, isAlone }) }
  })
}

const noText: FormattedText = { text: '', entities: [] }

/** A text as text and entities, with what stands above and below it. */
function writeText(content: MessageContent, sender: string | undefined, isDropped: IsDropped): FormattedText {
  const { outcome } = content.options
  const written = renderText(content.text, content.format, readingOf(content))
  const told = outcome === undefined ? written : aboveOutcome(outcome, written)
  const signed = sender === undefined ? told : belowSender(sender, told)
  return isDropped('formatting') ? withoutFormatting(signed) : signed
}

interface BodyOptions extends MessageOptions {
  isDropped: IsDropped
}

interface Said {
  text: FormattedText
  /** The messages that say the same, where it goes as rich ones, or went so until one was refused. */
  rich: Body[] | undefined
}

/** A rich message that was refused follows as text, from the same place on. */
function richBodies({ messages, refusedFrom }: RichPlan, text: FormattedText, options: BodyOptions): Body[] {
  if (refusedFrom === 0) return planText(text, options)
  const sent = messages.slice(0, refusedFrom).map((blocks, richPlace): Body => ({
    method: 'sendRichMessage',
    params: { rich_message: { blocks } },
    media: [],
    shown: richAsText(blocks),
    richPlace,
  }))
  const rest = refusedFrom === undefined ? [] : messages.slice(refusedFrom)
  return [
    ...sent,
    ...rest.flatMap((blocks) => {
      const shown = richAsText(blocks)
      return textParts(options.isDropped('formatting') ? withoutFormatting(shown) : shown, options).map(sendText)
    }),
  ]
}

function hasMarkupBelow({ buttons, keyboard, remove_keyboard: removal }: MessageOptions): boolean {
  return (buttons ?? keyboard ?? removal) !== undefined
}

/** Where formatting was refused after the first part, that part and those after it go without. */
function plainFrom(bodies: Body[], options: BodyOptions): Body[] {
  const refusedFrom = bodies.findIndex((_, index) => index > 0 && options.isDropped(formattingAt(index)))
  if (refusedFrom < 0) return bodies
  return bodies.flatMap((body, index) =>
    index < refusedFrom || body.method !== 'sendMessage'
      ? body
      : textParts(withoutFormatting(body.shown), options).map(sendText),
  )
}

function planBodies(
  { text, rich }: Said,
  attachments: Placed[],
  { hasMarkup, ...options }: BodyOptions & { hasMarkup: boolean },
): Body[] {
  const [first] = attachments
  if (!first) return rich ?? planText(text, options)
  const groups = options.isDropped('album') ? attachments.map((attachment) => [attachment]) : [attachments]
  const isAlbum = groups[0] !== undefined && groups[0].length > 1
  // An album has no buttons, a sticker no caption and a caption no blocks: the text follows as a message of its own.
  const isCaptioned = !rich && first.type !== 'sticker' && !(isAlbum && hasMarkup)
  const texts = isCaptioned ? captionAndRest(text, options) : textParts(text, options)
  const caption = isCaptioned ? texts.shift() : undefined
  const media = groups.map((group, index) => sendMedia(group, index === 0 ? caption : undefined))
  return [...media, ...(rich ?? texts.map(sendText))]
}

function sendMedia(media: Placed[], shown: FormattedText = noText): Body {
  const [first] = media
  const isAlbum = media.length > 1
  return {
    method: isAlbum || !first ? 'sendMediaGroup' : methodOf[first.type],
    params: isAlbum ? {} : captionParams(shown),
    media: media.map(toMedium),
    shown,
  }
}

function planText(text: FormattedText, options: BodyOptions): Body[] {
  const isFile =
    options.overflow === 'file' && codePointLength(text.text) > messageLengthMax && !options.isDropped('file')
  if (!isFile) return textParts(text, options).map(sendText)
  const head = truncateMessage(text, headLength)
  const source = { text: withoutFormatting(text).text, name: 'message.txt' }
  return [
    {
      method: 'sendDocument',
      params: captionParams(head),
      media: [{ type: 'document', source, hasSpoiler: false, place: undefined, fallback: undefined }],
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

function sendText(text: FormattedText): Body {
  return { method: 'sendMessage', params: textParams(text), media: [], shown: text }
}

export function textParams({ text, entities }: FormattedText): Record<string, unknown> {
  return { text, ...(entities.length > 0 ? { entities: entities.map(toBotApi) } : {}) }
}

/** The Bot API has an object where Telegram itself has a number. */
function toBotApi(entity: Entity): object {
  if (entity.user_id === undefined) return entity
  const { user_id: id, ...rest } = entity
  return { ...rest, user: { id } }
}

export function captionParams({ text, entities }: FormattedText): Record<string, unknown> {
  if (text === '') return {}
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities.map(toBotApi) } : {}) }
}

function toMedium({ type, url, file, file_id: knownId, spoiler, place, fallback }: Placed): Medium {
  const source =
    file === undefined ? { known: url === undefined ? (knownId ?? '') : sentAddress(url) } : { fileId: file }
  return { type, source, hasSpoiler: spoiler === true, place, fallback }
}

function commonParams({ silent, protect, forum_topic: forumTopic }: MessageOptions): Record<string, unknown> {
  return {
    ...(silent ? { disable_notification: true } : {}),
    ...(protect ? { protect_content: true } : {}),
    ...(forumTopic === undefined ? {} : { message_thread_id: forumTopic }),
  }
}

function openingParams(
  { effect }: MessageOptions,
  { isGroup, replyTo, dropped }: PlanOptions,
): Record<string, unknown> {
  const replied = dropped.includes('reply_to') ? undefined : replyTo
  return {
    ...(effect !== undefined && !isGroup ? { message_effect_id: effect } : {}),
    ...(replied ? { reply_parameters: replyParameters(replied) } : {}),
  }
}

function replyParameters({ messageId, chatId }: NonNullable<PlanOptions['replyTo']>): Record<string, unknown> {
  return {
    message_id: messageId,
    ...(chatId === undefined ? {} : { chat_id: Number(chatId) }),
    allow_sending_without_reply: true,
  }
}
