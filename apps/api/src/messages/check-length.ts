import { lengthMaxOf, type MessageOptions } from '@tellwire/domain'
import { codePointLength, type FormattedText } from '@tellwire/format'
import { refusal } from '../errors.js'

/** @throws `message_too_long` where the sender would rather know than have it split. */
export function assertLength({ text }: FormattedText, options: MessageOptions): void {
  if (options.overflow !== 'reject') return
  const lengthMax = lengthMaxOf(options)
  const length = codePointLength(text)
  if (length <= lengthMax) return
  throw refusal(
    'message_too_long',
    `The text has ${length} characters once formatted; Telegram takes ${lengthMax} here.`,
    { pointer: '/text', detail: `has ${length} characters once formatted, more than ${lengthMax}` },
  )
}
