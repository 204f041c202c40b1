import { captionParams, type MessageStep, textParams } from '@tellwire/domain'
import type { FormattedText } from '@tellwire/format'
import { type Call, plainCall } from './call.js'
import type { LookUps } from './look-ups.js'
import { placeMedium, toInputMedia } from './media.js'

interface Edited {
  shown: FormattedText
  /** Whether the medium itself is another, not only its caption. */
  hasNewMedia: boolean
  files: LookUps['files']
}

/** Makes the call that lets a message show what a step would send. */
export function makeEditCall(messageId: number, step: MessageStep, { shown, hasNewMedia, files }: Edited): Call {
  const { reply_markup: replyMarkup, link_preview_options: preview, rich_message: rich } = step.params
  // Keyboards in place of letters are for new messages only.
  const common = { message_id: messageId, ...(isInline(replyMarkup) ? { reply_markup: replyMarkup } : {}) }
  const call = { ...plainCall, editsMessageId: messageId }
  const [medium] = step.media
  if (rich !== undefined) return { ...call, method: 'editMessageText', params: { ...common, rich_message: rich } }
  if (!medium) {
    const params = {
      ...common,
      ...textParams(shown),
      ...(preview === undefined ? {} : { link_preview_options: preview }),
    }
    return { ...call, method: 'editMessageText', params }
  }
  if (medium.type === 'sticker') return { ...call, method: 'editMessageReplyMarkup', params: common }
  // A text that goes as a file is another file with every edit.
  const isNew = hasNewMedia || 'text' in medium.source
  if (!isNew || step.media.length > 1) {
    return { ...call, method: 'editMessageCaption', params: { ...common, ...captionParams(shown) } }
  }
  const { reference, upload, called } = placeMedium(medium, 0, files)
  return {
    ...call,
    method: 'editMessageMedia',
    params: { ...common, media: toInputMedia(medium, reference, captionParams(shown)) },
    uploads: upload ? [upload] : [],
    media: called ? [called] : [],
  }
}

/** The buttons and the preview of a message, which stay when something is added to it. */
export function keptOf({ params }: MessageStep): Record<string, unknown> {
  const { reply_markup: markup, link_preview_options: preview } = params
  return {
    ...(isInline(markup) ? { reply_markup: markup } : {}),
    ...(preview === undefined ? {} : { link_preview_options: preview }),
  }
}

export function isInline(replyMarkup: unknown): boolean {
  return typeof replyMarkup === 'object' && replyMarkup !== null && 'inline_keyboard' in replyMarkup
}
