import type { Filling } from '../fill-values.js'
import type { Entity, EntityType } from '../formatted-text.js'
import { readCustomEmojiId, readDateTimeFormat } from './links.js'
import { linkEntity, linkEntityOfText } from './parse-markdown.js'
import { cannotParse } from './telegram-parse-error.js'

export interface OpenTag {
  name: string
  attributes: Map<string, string>
  offset: number
}

/** Code may carry a language until it is known whether a block of code surrounds it. */
export type FoundEntity = Entity & { codeLanguage?: string }

export interface State {
  readonly source: string
  readonly filling: Filling
  position: number
  text: string
  entities: FoundEntity[]
  open: OpenTag[]
  /** Half of a surrogate pair was written as a number. */
  hasSurrogate: boolean
}

export const styleOfTag: Record<string, EntityType> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
}

export function addEntity(state: State, tag: OpenTag): void {
  const place = { offset: tag.offset, length: state.text.length - tag.offset }
  if (tag.name === 'pre' || tag.name === 'code') {
    addCode(state, tag, place)
    return
  }
  const entity = makeEntity(state, tag)
  if (entity) state.entities.push({ ...entity, ...place })
}

function makeEntity(
  { text, filling }: State,
  { name, attributes, offset }: OpenTag,
): Omit<Entity, 'offset' | 'length'> | undefined {
  const style = styleOfTag[name]
  if (style) return { type: style }
  if (name === 'a') {
    const address = attributes.get('href') ?? ''
    return address === '' ? linkEntityOfText(text.slice(offset), filling) : linkEntity(address, filling)
  }
  if (name === 'blockquote') return { type: attributes.has('expandable') ? 'expandable_blockquote' : 'blockquote' }
  if (name === 'tg-emoji') {
    const emojiId = readCustomEmojiId(attributes.get('emoji-id') ?? '')
    if (emojiId === undefined) throw cannotParse('Invalid custom emoji identifier specified')
    return { type: 'custom_emoji', custom_emoji_id: emojiId }
  }
  const format = readDateTimeFormat(attributes.get('format') ?? '')
  if (format === undefined) throw cannotParse('Invalid date format used')
  const unixTime = readLeadingInteger(attributes.get('unix') ?? '')
  return unixTime > 0 ? { type: 'date_time', unix_time: unixTime, date_time_format: format } : undefined
}

/** As Telegram reads a number it does not check: what begins like one, in 32 bits. */
function readLeadingInteger(text: string): number {
  const [digits] = /^-?\d+/.exec(text) ?? ['0']
  return Number(BigInt.asIntN(32, BigInt(digits)))
}

/** A block of code and the code that fills it become one entity, which has the language. */
function addCode({ entities }: State, { name, attributes }: OpenTag, place: { offset: number; length: number }): void {
  const language = (attributes.get('class') ?? '').slice('language-'.length)
  const last = entities.at(-1)
  const isSamePlace = last?.offset === place.offset && last.length === place.length
  if (name === 'pre') {
    if (last?.type === 'code' && isSamePlace && last.codeLanguage !== undefined) {
      entities[entities.length - 1] = { type: 'pre', ...place, language: last.codeLanguage }
    } else {
      entities.push({ type: 'pre', ...place })
    }
  } else if (last?.type === 'pre' && last.language === undefined && isSamePlace && language !== '') {
    last.language = language
  } else {
    entities.push({ type: 'code', ...place, ...(language === '' ? {} : { codeLanguage: language }) })
  }
}
