import { lengthMaxOf, type MessageOptions } from '@tellwire/domain'
import { codePointLength, type FormattedText } from '@tellwire/format'
import { refusal } from '../errors.js'

/** What has more may only be cut, or go as a file. In characters. */
const wholeLengthMax = 32_768

/** @throws `message_too_long` for a text that is too long for messages, and may not be anything else. */
export function assertWholeLength(text: string, { overflow }: MessageOptions): void {
  if (overflow === 'file' || overflow === 'truncate' || codePointLength(text) <= wholeLengthMax) return
  const remedy = 'With `overflow` `file` or `truncate` it takes 1,048,576; POST /v1/files takes larger ones.'
  throw refusal('message_too_long', `A text takes ${wholeLengthMax} characters. ${remedy}`, {
    pointer: '/text',
    detail: `has more than ${wholeLengthMax} characters; "overflow": "file" or "truncate" would take it`,
  })
}

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
