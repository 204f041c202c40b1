import { captionParams, type MessageStep, textParams } from '@tellwire/domain'
import type { FormattedText } from '@tellwire/format'
import { type Call, plainCall } from './call.js'
import type { Preparing } from './plan-steps.js'
import { resolve, toInputMedia } from './resolve-media.js'

/**
 * The call that makes a message show what a step would send.
 * @param hasNewMedia whether the medium itself is another, not only its caption.
 */
export async function makeEditCall(
  preparing: Preparing,
  messageId: number,
  step: MessageStep,
  { shown, hasNewMedia }: { shown: FormattedText; hasNewMedia: boolean },
): Promise<Call> {
  const { reply_markup: replyMarkup, link_preview_options: preview } = step.params
  // Keyboards in place of letters are for new messages only.
  const common = { message_id: messageId, ...(isInline(replyMarkup) ? { reply_markup: replyMarkup } : {}) }
  const call = { ...plainCall, changesMessageId: messageId }
  const [medium] = step.media
  if (!medium) {
    const params = {
      ...common,
      ...textParams(shown),
      ...(preview === undefined ? {} : { link_preview_options: preview }),
    }
    return { ...call, method: 'editMessageText', params }
  }
  if (medium.type === 'sticker') return { ...call, method: 'editMessageReplyMarkup', params: common }
  // A text that goes as a file is another file with every change.
  const isNew = hasNewMedia || 'text' in medium.source
  if (!isNew || step.media.length > 1) {
    return { ...call, method: 'editMessageCaption', params: { ...common, ...captionParams(shown) } }
  }
  const { reference, upload, called } = await resolve(preparing, medium, 0)
  return {
    ...call,
    method: 'editMessageMedia',
    params: { ...common, media: toInputMedia(medium, reference, captionParams(shown)) },
    uploads: upload ? [upload] : [],
    media: called ? [called] : [],
  }
}

export function isInline(replyMarkup: unknown): boolean {
  return typeof replyMarkup === 'object' && replyMarkup !== null && 'inline_keyboard' in replyMarkup
}
