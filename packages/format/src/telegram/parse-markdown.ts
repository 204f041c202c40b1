import type { Filling } from '../fill-values.js'
import type { Entity, FormattedText } from '../formatted-text.js'
import { readFenceOpening } from './fence.js'
import { findLink, findUserId } from './links.js'
import { byteOffset, cannotParse } from './telegram-parse-error.js'

// Telegram's first Markdown: four marks, no nesting, and escapes only outside of entities.

/** @throws {TelegramParseError} when an entity does not end. */
export function parseMarkdown(source: string, filling: Filling): FormattedText {
  const entities: Entity[] = []
  let text = ''
  let position = 0
  while (position < source.length) {
    const character = source.charAt(position)
    if (character === '\\' && /^[_*`[]$/.test(source.charAt(position + 1))) {
      text += source.charAt(position + 1)
      position += 2
      continue
    }
    if (!/^[_*`[]$/.test(character)) {
      text += character
      position++
      continue
    }
    const { inner, entity, end } = readEntity(source, position, filling)
    if (entity && inner !== '') entities.push({ ...entity, offset: text.length, length: inner.length })
    text += inner
    position = end
  }
  return { text, entities }
}

type EntityWithoutPlace = Omit<Entity, 'offset' | 'length'>

interface ReadEntity {
  inner: string
  entity: EntityWithoutPlace | undefined
  /** Where the source goes on. */
  end: number
}

function readEntity(source: string, start: number, filling: Filling): ReadEntity {
  const mark = source.charAt(start)
  if (source.startsWith('```', start)) {
    const { language, contentStart } = readFenceOpening(source, start + 3)
    const { inner, end } = readUntil(source, contentStart, '```', start)
    return { inner, end, entity: { type: 'pre', ...(language === '' ? {} : { language: filling.word(language) }) } }
  }
  const { inner, end } = readUntil(source, start + 1, mark === '[' ? ']' : mark, start)
  if (mark === '*') return { inner, end, entity: { type: 'bold' } }
  if (mark === '_') return { inner, end, entity: { type: 'italic' } }
  if (mark === '`') return { inner, end, entity: { type: 'code' } }
  return inner === '' ? { inner, end, entity: undefined } : readLink(source, { inner, end, filling })
}

function readUntil(source: string, from: number, mark: string, start: number): { inner: string; end: number } {
  const found = source.indexOf(mark, from)
  if (found === -1) {
    throw cannotParse(`Can't find end of the entity starting at byte offset ${byteOffset(source, start)}`, start)
  }
  return { inner: source.slice(from, found), end: found + mark.length }
}

/** `end` is the place behind the bracket; an address without its closing bracket runs to the end of the text. */
function readLink(
  source: string,
  { inner, end, filling }: { inner: string; end: number; filling: Filling },
): ReadEntity {
  if (source[end] !== '(') return { inner, end, entity: linkEntityOfText(inner, filling) }
  const closing = source.indexOf(')', end + 1)
  const urlEnd = closing === -1 ? source.length : closing
  return { inner, end: urlEnd + 1, entity: linkEntity(source.slice(end + 1, urlEnd), filling) }
}

/** Longer than any message: links in links are not to be read again and again. */
const addressTextMax = 4_096

/** The same for a text that is its own address. */
export function linkEntityOfText(text: string, filling: Filling): EntityWithoutPlace | undefined {
  return text.length > addressTextMax ? undefined : linkEntity(text, filling)
}

/** Undefined for an address that Telegram would not open: the text stays plain. */
export function linkEntity(written: string, filling: Filling): EntityWithoutPlace | undefined {
  const address = filling.address(written)
  const userId = findUserId(address)
  if (userId !== undefined) return { type: 'text_mention', user_id: userId }
  const url = findLink(address)
  return url === undefined ? undefined : { type: 'text_link', url }
}
