import type { MessageOptions } from '@tellwire/domain'
import { captionLengthMax, codePointLength, type FormattedText, messageLengthMax } from '@tellwire/format'
import { refusal } from '../errors.js'

/** @throws `message_too_long` where the sender would rather know than have it split. */
export function assertLength({ text }: FormattedText, { overflow, attachments, buttons }: MessageOptions): void {
  if (overflow !== 'reject') return
  const isCaption = attachments?.[0] !== undefined && attachments[0].type !== 'sticker' && !(attachments[1] && buttons)
  const lengthMax = isCaption ? captionLengthMax : messageLengthMax
  const length = codePointLength(text)
  if (length <= lengthMax) return
  throw refusal(
    'message_too_long',
    `The ${isCaption ? 'caption' : 'message'} has ${length} characters once formatted; Telegram takes ${lengthMax}.`,
    { pointer: '/text', detail: `has ${length} characters once formatted, more than ${lengthMax}` },
  )
}
