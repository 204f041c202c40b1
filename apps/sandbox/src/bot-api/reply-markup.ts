import type { InlineKeyboardButton, StoredKeyboard } from './keyboard.js'
import type { Parameters } from './parameters.js'
import { badRequest } from './telegram-error.js'

const rowMax = 12
const buttonsMax = 300
const callbackBytesMax = 64

/** The inline keyboard of a message. Reply keyboards are accepted and not shown. */
export function readReplyMarkup(parameters: Parameters): StoredKeyboard | undefined {
  const value = parameters.json('reply_markup', () => badRequest("can't parse reply keyboard markup JSON object"))
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('object expected as reply markup')
  const { inline_keyboard: rows } = value as { inline_keyboard?: unknown }
  if (rows === undefined) return undefined
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) {
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
  }
  let count = 0
  const keyboard = (rows as unknown[][])
    .map((row) =>
      row
        .slice(0, rowMax)
        .map(readButton)
        .filter((button) => button.text !== '' && ++count <= buttonsMax),
    )
    .filter((row) => row.length > 0)
  return keyboard.length > 0 ? { inline_keyboard: keyboard } : undefined
}

function readButton(item: unknown): InlineKeyboardButton {
  if (typeof item !== 'object' || item === null) throw unparsable('InlineKeyboardButton must be an Object')
  const { text, url, callback_data: data } = item as Record<string, unknown>
  if (typeof text !== 'string') throw unparsable('Can\'t find field "text"')
  if (typeof url === 'string' && url !== '') {
    assertButtonUrl(url)
    return { text, url }
  }
  if (typeof data === 'string' && data !== '') {
    if (Buffer.byteLength(data) > callbackBytesMax) throw badRequest('BUTTON_DATA_INVALID')
    return { text, callback_data: data }
  }
  throw unparsable('Text buttons are unallowed in the inline keyboard')
}

function unparsable(why: string): Error {
  return badRequest(`can't parse inline keyboard button: ${why}`)
}

function assertButtonUrl(url: string): void {
  const refuse = (why: string) => badRequest(`inline keyboard button URL '${url}' is invalid: ${why}`)
  if (!URL.canParse(url)) throw refuse('URL host is empty')
  const { protocol, hostname } = new URL(url)
  if (protocol === 'tg:') return
  if (protocol !== 'http:' && protocol !== 'https:') throw refuse('Unsupported URL protocol')
  if (!hostname.includes('.') && !hostname.startsWith('[')) throw refuse('Wrong HTTP URL')
}
