import { checkLink, codePointLength } from '@tellwire/format'
import { isRecord } from '../is-record.js'
import {
  type ButtonStyle,
  buttonStyles,
  type ForcedReply,
  type InlineKeyboardButton,
  type ReplyKey,
  type ReplyKeyboard,
  type StoredKeyboard,
} from './keyboard.js'
import type { Parameters } from './parameters.js'
import { badRequest } from './telegram-error.js'

const rowMax = 12
const buttonsMax = 300
const callbackBytesMax = 64
const copiedMax = 256

export interface ReplyMarkup {
  inline: StoredKeyboard | undefined
  keyboard: ReplyKeyboard | undefined
  forcedReply: ForcedReply | undefined
}

const none: ReplyMarkup = { inline: undefined, keyboard: undefined, forcedReply: undefined }

export function readReplyMarkup(parameters: Parameters): ReplyMarkup {
  const value = parameters.json('reply_markup', () => badRequest("can't parse reply keyboard markup JSON object"))
  if (value === undefined) return none
  if (!isRecord(value)) throw badRequest('object expected as reply markup')
  const { inline_keyboard: rows, keyboard, remove_keyboard: isRemoved, force_reply: isForced } = value
  if (rows !== undefined) return { ...none, inline: readInline(rows) }
  if (isRemoved === true) return { ...none, keyboard: { rows: [], isOneTime: false, placeholder: undefined } }
  if (isForced === true) return { ...none, forcedReply: { placeholder: readPlaceholder(value) } }
  return keyboard === undefined ? none : { ...none, keyboard: readKeyboard(value) }
}

/** @throws for what a private chat alone can have. */
export function assertFits({ inline, keyboard }: Pick<ReplyMarkup, 'inline' | 'keyboard'>, chatId: number): void {
  if (chatId > 0) return
  if (inline?.inline_keyboard.flat().some((button) => 'web_app' in button)) throw badRequest('BUTTON_TYPE_INVALID')
  const asked = keyboard?.rows.flat().find(({ asksFor }) => asksFor !== undefined)?.asksFor
  if (asked !== undefined) {
    throw badRequest(`${asked === 'contact' ? 'phone number' : asked} can be requested in private chats only`)
  }
}

function readInline(rows: unknown): StoredKeyboard | undefined {
  if (!areRows(rows)) {
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
  }
  let count = 0
  const keyboard = rows
    .map((row) =>
      row
        .slice(0, rowMax)
        .map(readButton)
        .filter((button) => button.text !== '' && ++count <= buttonsMax),
    )
    .filter((row) => row.length > 0)
  return keyboard.length > 0 ? { inline_keyboard: keyboard } : undefined
}

function readKeyboard({ keyboard, one_time_keyboard: isOneTime, ...rest }: Record<string, unknown>): ReplyKeyboard {
  if (!areRows(keyboard)) {
    throw badRequest('field "keyboard" must be an Array of Arrays')
  }
  return {
    rows: keyboard.map((row) => row.slice(0, rowMax).map(readKey)),
    isOneTime: isOneTime === true,
    placeholder: readPlaceholder(rest),
  }
}

function readKey(key: unknown): ReplyKey {
  if (!isRecord(key)) return { text: String(key) }
  const text = String(key['text'])
  if (key['request_contact'] === true) return { text, asksFor: 'contact' }
  return key['request_location'] === true ? { text, asksFor: 'location' } : { text }
}

function readPlaceholder({ input_field_placeholder: placeholder }: Record<string, unknown>): string | undefined {
  return typeof placeholder === 'string' ? placeholder : undefined
}

/** Of several fields the first counts, in Telegram's order. */
function readButton(item: unknown): InlineKeyboardButton {
  if (!isRecord(item)) throw unparsable('InlineKeyboardButton must be an Object')
  const { text: label, style, icon_custom_emoji_id: icon, url, callback_data: data } = item
  const { web_app: webApp, copy_text: copied } = item
  if (typeof label !== 'string') throw unparsable('Can\'t find field "text"')
  const text = { text: label, ...readStyle(style), ...readIcon(icon) }
  if (typeof url === 'string' && url !== '') {
    const checked = checkLink(url)
    if ('refusal' in checked) throw badRequest(`inline keyboard button URL '${url}' is invalid: ${checked.refusal}`)
    return { ...text, url: checked.url }
  }
  if (typeof data === 'string' && data !== '') {
    if (Buffer.byteLength(data) > callbackBytesMax) throw badRequest('BUTTON_DATA_INVALID')
    return { ...text, callback_data: data }
  }
  if (isRecord(webApp)) return { ...text, web_app: { url: readWebApp(webApp) } }
  if (isRecord(copied)) return { ...text, copy_text: { text: readCopied(copied) } }
  throw unparsable('Text buttons are unallowed in the inline keyboard')
}

function readIcon(icon: unknown): { icon_custom_emoji_id?: string } {
  if (icon === undefined || icon === '') return {}
  if (typeof icon !== 'string' || !/^\d{1,20}$/.test(icon))
    throw unparsable('invalid custom emoji identifier specified')
  return { icon_custom_emoji_id: icon }
}

function readStyle(style: unknown): { style?: ButtonStyle } {
  if (style === undefined || style === '' || style === 'default') return {}
  const known = buttonStyles.find((each) => each === style)
  if (known === undefined) throw unparsable('invalid button style specified')
  return { style: known }
}

function readWebApp({ url }: Record<string, unknown>): string {
  const address = typeof url === 'string' ? url : ''
  const refuse = (why: string) => badRequest(`inline keyboard button Web App URL '${address}' is invalid: ${why}`)
  const checked = checkLink(address)
  if ('refusal' in checked) throw refuse(checked.refusal)
  if (!checked.url.startsWith('https://')) throw refuse('Only HTTPS links are allowed')
  return checked.url
}

function readCopied({ text }: Record<string, unknown>): string {
  if (typeof text !== 'string' || text === '' || codePointLength(text) > copiedMax)
    throw badRequest('BUTTON_COPY_TEXT_INVALID')
  return text
}

function areRows(value: unknown): value is unknown[][] {
  return Array.isArray(value) && value.every((row) => Array.isArray(row))
}

function unparsable(why: string): Error {
  return badRequest(`can't parse inline keyboard button: ${why}`)
}
