import { codePointLength, isBlank, messageLengthMax } from '@tellwire/format'
import type { MessageEntity } from '@tellwire/telegram'
import type { Parameters } from './parameters.js'
import { badRequest } from './telegram-error.js'

const rawBytesMax = 32_768

export interface MessageText {
  text: string
  entities: MessageEntity[]
}

/** The text of a send or an edit: the checks that come before the chat is looked up. */
export function readMessageText(parameters: Parameters): MessageText {
  const text = parameters.text('text')
  if (text === '') throw badRequest('message text is empty')
  if (Buffer.byteLength(text) > rawBytesMax) throw badRequest('text is too long')
  const mode = parameters.text('parse_mode').toLowerCase()
  if (mode !== '' && mode !== 'none') throw badRequest('unsupported parse_mode')
  return { text, entities: readEntities(parameters, text) }
}

/** The checks and changes that come after the chat is known: cleaning, trimming, length. */
export function finishMessageText({ text, entities }: MessageText): MessageText {
  const finished = trim(clean({ text, entities }))
  if (isBlank(finished.text)) throw badRequest('text must be non-empty')
  if (codePointLength(finished.text) > messageLengthMax) throw badRequest('message is too long')
  return finished
}

const knownTypes = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
  'text_link',
])

function readEntities(parameters: Parameters, text: string): MessageEntity[] {
  const value = parameters.json('entities', () => badRequest("can't parse entities JSON object"))
  if (value === undefined) return []
  if (!Array.isArray(value)) throw badRequest('expected an Array of MessageEntity')
  return value.flatMap((item) => readEntity(item, text))
}

function readEntity(item: unknown, text: string): MessageEntity[] {
  if (typeof item !== 'object' || item === null) throw badRequest("can't parse MessageEntity: expected an Object")
  const { type, offset, length, url, language } = item as Record<string, unknown>
  if (typeof type !== 'string') throw badRequest('can\'t parse MessageEntity: Can\'t find field "type"')
  if (!Number.isInteger(offset) || (offset as number) < 0)
    throw badRequest(`receive an entity with incorrect offset ${String(offset)}`)
  if (!Number.isInteger(length) || (length as number) < 0)
    throw badRequest(`receive an entity with incorrect length ${String(length)}`)
  assertBounds(text, offset as number, length as number)
  if (!knownTypes.has(type) || length === 0) return []
  const place = { offset: offset as number, length: length as number }
  if (type === 'text_link') return [{ type, ...place, url: checkUrl(url) }]
  if (type === 'pre')
    return [{ type, ...place, ...(typeof language === 'string' && language !== '' ? { language } : {}) }]
  return [{ type, ...place } as MessageEntity]
}

function assertBounds(text: string, offset: number, length: number): void {
  const end = offset + length
  const isInside = (index: number) => index > 0 && index < text.length && isLowSurrogate(text, index)
  if (offset > text.length) throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`)
  if (end > text.length) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`,
    )
  }
  if (isInside(offset))
    throw badRequest(`entity begins in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, offset)}`)
  if (isInside(end)) {
    throw badRequest(
      `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, end)}`,
    )
  }
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff
}

function byteOffset(text: string, index: number): number {
  return Buffer.byteLength(text.slice(0, index - 1))
}

/** @throws as Telegram does for an address that it would not open. */
function checkUrl(given: unknown): string {
  const url = typeof given === 'string' ? given : ''
  if (!URL.canParse(url)) throw badRequest(`entity URL '${url}' is invalid: URL host is empty`)
  const { protocol, hostname } = new URL(url)
  if (protocol === 'tg:' || protocol === 'ton:' || protocol === 'tonsite:') return url
  if (protocol !== 'http:' && protocol !== 'https:')
    throw badRequest(`entity URL '${url}' is invalid: Unsupported URL protocol`)
  if (!hostname.includes('.') && !hostname.startsWith('['))
    throw badRequest(`entity URL '${url}' is invalid: Wrong HTTP URL`)
  return url
}

/** Control characters become spaces; carriage returns and characters that turn the direction of text go. */
function clean({ text, entities }: MessageText): MessageText {
  const dropped = /[\r\u2028-\u202e\u0333\u033f\u030a]/
  let cleaned = ''
  const positions: number[] = []
  for (const unit of text.split('')) {
    positions.push(cleaned.length)
    if (!dropped.test(unit)) cleaned += unit < ' ' && unit !== '\n' ? ' ' : unit
  }
  positions.push(cleaned.length)
  const at = (index: number): number => positions[index] ?? cleaned.length
  return {
    text: cleaned,
    entities: entities.map((entity) => ({
      ...entity,
      offset: at(entity.offset),
      length: at(entity.offset + entity.length) - at(entity.offset),
    })),
  }
}

/** The end is always cut; the beginning only up to the first entity. */
function trim({ text, entities }: MessageText): MessageText {
  const end = text.replace(/[ \n]+$/, '').length
  const leading = text.length - text.replace(/^[ \n]+/, '').length
  const start = Math.min(leading, end, ...entities.map(({ offset }) => offset))
  return {
    text: text.slice(start, end),
    entities: entities
      .map((entity) => ({
        ...entity,
        offset: entity.offset - start,
        length: Math.min(entity.length, end - entity.offset),
      }))
      .filter(({ length }) => length > 0)
      .toSorted((a, b) => a.offset - b.offset || b.length - a.length),
  }
}
