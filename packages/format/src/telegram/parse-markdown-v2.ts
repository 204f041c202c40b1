import type { Filling } from '../fill-values.js'
import type { Entity, EntityType, FormattedText } from '../formatted-text.js'
import { readFenceOpening } from './fence.js'
import { findCustomEmojiId, findTime, readDateTimeFormat } from './links.js'
import { linkEntity, linkEntityOfText } from './parse-markdown.js'
import { add, endNotFound, type OpenEntity, type State, write } from './markdown-v2-state.js'
import { sortEntities } from './sort-entities.js'
import { byteOffset, cannotParse } from './telegram-parse-error.js'

/** @throws {TelegramParseError} in Telegram's words. */
export function parseMarkdownV2(source: string, filling: Filling): FormattedText {
  const state: State = {
    source,
    filling,
    position: 0,
    text: '',
    entities: [],
    open: [],
    isInQuote: false,
    canQuoteStart: true,
  }
  while (state.position < source.length) step(state)
  if (state.isInQuote) endQuoteWithText(state)
  const unclosed = state.open.at(-1)
  if (unclosed) throw endNotFound(state, unclosed)
  return { text: state.text, entities: sortEntities(state.entities) }
}

const reserved = '_*[]()~`>#+-=|{}.!\n'

function step(state: State): void {
  const { source, position } = state
  const character = source.charAt(position)
  const next = source.charCodeAt(position + 1)
  if (character === '\\' && next > 0 && next <= 126) {
    write(state, source.charAt(position + 1))
    state.position += 2
    return
  }
  const inner = state.open.at(-1)
  const isVerbatim = inner?.name === 'Code' || inner?.name === 'Pre' || inner?.name === 'PreCode'
  if (isVerbatim ? character !== '`' : !reserved.includes(character)) {
    write(state, character)
    // A line of code begins no quote behind it.
    if (character === '\n') state.canQuoteStart = false
    state.position++
  } else if (inner && isQuoteEnd(state)) {
    endQuote(state, inner)
  } else if (inner && isEnd(state, inner)) {
    close(state, inner)
  } else {
    open(state, character)
  }
}

function isEnd({ source, position }: State, { name }: OpenEntity): boolean {
  const character = source.charAt(position)
  const next = source.charAt(position + 1)
  switch (name) {
    case 'Bold':
      return character === '*'
    case 'Italic':
      return character === '_' && next !== '_'
    case 'Underline':
      return character === '_' && next === '_'
    case 'Strikethrough':
      return character === '~'
    case 'Spoiler':
      return character === '|' && next === '|'
    case 'Code':
      return character === '`'
    case 'Pre':
    case 'PreCode':
      return source.startsWith('```', position)
    case 'TextUrl':
    case 'CustomEmoji':
      return character === ']'
    case 'Quote':
      return false
  }
}

function open(state: State, character: string): void {
  const { source, position: start } = state
  const next = source.charAt(start + 1)
  const push = (name: OpenEntity['name'], width: number, language?: string) => {
    state.open.push({ name, start, offset: state.text.length, ...(language === undefined ? {} : { language }) })
    state.position += width
  }
  switch (character) {
    case '\n':
      write(state, '\n')
      state.position++
      return
    case '_':
      return next === '_' ? push('Underline', 2) : push('Italic', 1)
    case '*':
      return push('Bold', 1)
    case '~':
      return push('Strikethrough', 1)
    case '[':
      return push('TextUrl', 1)
    case '`': {
      if (!source.startsWith('```', start)) return push('Code', 1)
      const { language, contentStart } = readFenceOpening(source, start + 3)
      return language === ''
        ? push('Pre', contentStart - start)
        : push('PreCode', contentStart - start, state.filling.word(language))
    }
    case '|':
      if (next === '|') return push('Spoiler', 2)
      break
    case '!':
      if (next === '[') return push('CustomEmoji', 2)
      break
    case '>':
      if (state.canQuoteStart) return openQuote(state, push)
      break
    default:
  }
  throw cannotParse(`Character '${character}' is reserved and must be escaped with the preceding '\\'`, start)
}

function openQuote(state: State, push: (name: 'Quote', width: number) => void): void {
  if (state.isInQuote) {
    state.position++
    return
  }
  state.isInQuote = true
  push('Quote', 1)
}

const styles: Partial<Record<OpenEntity['name'], { type: EntityType; markLength: number }>> = {
  Bold: { type: 'bold', markLength: 1 },
  Italic: { type: 'italic', markLength: 1 },
  Underline: { type: 'underline', markLength: 2 },
  Strikethrough: { type: 'strikethrough', markLength: 1 },
  Spoiler: { type: 'spoiler', markLength: 2 },
  Code: { type: 'code', markLength: 1 },
  Pre: { type: 'pre', markLength: 3 },
  PreCode: { type: 'pre', markLength: 3 },
}

function close(state: State, inner: OpenEntity): void {
  state.open.pop()
  const style = styles[inner.name]
  if (style) {
    state.position += style.markLength
    add(state, inner, { type: style.type, ...(inner.language === undefined ? {} : { language: inner.language }) })
  } else if (inner.name === 'TextUrl') {
    const address = readAddress(state)
    const entity =
      address === undefined
        ? linkEntityOfText(state.text.slice(inner.offset), state.filling)
        : linkEntity(address, state.filling)
    add(state, inner, entity)
  } else {
    const address = readAddress(state)
    if (address === undefined) throw cannotParse('The entity must contain a tg://emoji or tg://time URL', inner.start)
    add(state, inner, readEmojiOrTime(state.filling.address(address), inner.start))
  }
}

/** The address in round brackets behind the square one, if there is any. */
function readAddress(state: State): string | undefined {
  const { source } = state
  if (source[state.position + 1] !== '(') {
    state.position++
    return undefined
  }
  const start = state.position + 2
  let address = ''
  let position = start
  while (position < source.length && source[position] !== ')') {
    const next = source.charCodeAt(position + 1)
    if (source[position] === '\\' && next > 0 && next <= 126) position++
    address += source.charAt(position++)
  }
  if (position >= source.length) {
    throw cannotParse(`Can't find end of a URL at byte offset ${byteOffset(source, start)}`, start)
  }
  state.position = position + 1
  return address
}

function readEmojiOrTime(address: string, start: number): Omit<Entity, 'offset' | 'length'> {
  const emojiId = findCustomEmojiId(address)
  if (emojiId !== undefined) return { type: 'custom_emoji', custom_emoji_id: emojiId }
  const time = findTime(address)
  const format = time && readDateTimeFormat(time.format)
  if (time === undefined || format === undefined) {
    throw cannotParse('Invalid tg://emoji or tg://time URL specified', start)
  }
  return { type: 'date_time', unix_time: time.unixTime, date_time_format: format }
}

function isQuoteEnd({ source, position, isInQuote }: State): boolean {
  return isInQuote && source[position] === '\n' && source[position + 1] !== '>'
}

/** The line break that ends a quote belongs to it. Two bars before it make the quote expandable. */
function endQuote(state: State, inner: OpenEntity): void {
  const { source, position } = state
  let quote = inner
  if (inner.name !== 'Quote') {
    const isAtEnd = source.slice(inner.start, position).replace(/\r$/, '') === '||'
    if (inner.name !== 'Spoiler' || !isAtEnd) throw endNotFound(state, inner)
    state.open.pop()
    quote = state.open.at(-1) ?? inner
    if (quote.name !== 'Quote') throw endNotFound(state, quote)
  }
  state.open.pop()
  write(state, '\n')
  state.position++
  state.isInQuote = false
  add(state, quote, { type: quote === inner ? 'blockquote' : 'expandable_blockquote' })
}

function endQuoteWithText(state: State): void {
  const inner = state.open.at(-1)
  const isExpandable = inner?.name === 'Spoiler' && inner.start === state.source.length - 2
  if (isExpandable) state.open.pop()
  const quote = state.open.at(-1)
  if (quote?.name !== 'Quote') return
  state.open.pop()
  add(state, quote, { type: isExpandable ? 'expandable_blockquote' : 'blockquote' })
}
