import { codePointLength, findLink } from '@tellwire/format'
import { isRecord } from '../is-record.js'
import { badRequest } from './telegram-error.js'

const marks: readonly unknown[] = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'subscript',
  'superscript',
  'marked',
  'code',
  'email_address',
  'phone_number',
  'bank_card_number',
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'anchor_link',
  'reference',
  'reference_link',
]

/** Looks at a text of a rich message, and counts it. @throws in the words of Telegram. */
export function readRichText(value: unknown, count: { characters: number; spans: number }): void {
  if (typeof value === 'string') {
    count.characters += codePointLength(value)
    return
  }
  if (Array.isArray(value)) {
    for (const part of value) readRichText(part, count)
    return
  }
  if (!isRecord(value)) throw badRequest('invalid rich text specified')
  count.spans++
  const { type } = value
  switch (type) {
    case 'date_time':
      if (!isDateTimeFormat(value['date_time_format'] ?? '')) throw badRequest('invalid date-time format specified')
      if (!(typeof value['unix_time'] === 'number' && value['unix_time'] > 0)) {
        throw badRequest('invalid date specified')
      }
      return readRichText(value['text'], count)
    case 'custom_emoji':
      if (!/^-?\d{1,20}$/.test(String(value['custom_emoji_id']))) {
        throw badRequest('invalid custom emoji identifier specified')
      }
      return readRichText(value['alternative_text'], count)
    case 'mathematical_expression':
      return readRichText(value['expression'], count)
    case 'anchor':
      return
    case 'text_mention':
      if (!isRecord(value['user']) || typeof value['user']['id'] !== 'number') throw badRequest('user not found')
      return readRichText(value['text'], count)
    case 'url':
      if (findLink(String(value['url'])) === undefined) throw badRequest('RICH_MESSAGE_URL_INVALID')
      return readRichText(value['text'], count)
    default:
      if (!marks.includes(type)) throw badRequest('unsupported rich text type')
      return readRichText(value['text'], count)
  }
}

function isDateTimeFormat(value: unknown): boolean {
  return typeof value === 'string' && /^(?:r|w?[dD]?[tT]?)$/.test(value)
}
