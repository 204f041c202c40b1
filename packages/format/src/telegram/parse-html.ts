import type { Filling } from '../fill-values.js'
import type { Entity, FormattedText } from '../formatted-text.js'
import { isAlphanumeric, isSpace, toAsciiLowerCase } from './characters.js'
import { addEntity, type FoundEntity, type State, styleOfTag } from './html-entities.js'
import { sortEntities } from './sort-entities.js'
import { byteOffset, cannotParse } from './telegram-parse-error.js'

const knownTags = new Set([...Object.keys(styleOfTag), 'a', 'pre', 'code', 'blockquote', 'tg-emoji', 'tg-time'])

/** @throws {TelegramParseError} in Telegram's words. */
export function parseHtml(source: string, filling: Filling): FormattedText {
  if (source.includes('\0')) throw cannotParse('Text must not contain null bytes', source.indexOf('\0'))
  const state: State = { source, filling, position: 0, text: '', entities: [], open: [], hasSurrogate: false }
  while (state.position < source.length) {
    if (source[state.position] === '<') readTag(state)
    else state.text += readCharacter(state)
  }
  const unclosed = state.open.at(-1)
  if (unclosed) throw cannotParse(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
  if (state.hasSurrogate) {
    throw cannotParse(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    )
  }
  return { text: state.text, entities: sortEntities(state.entities.map(withoutCodeLanguage)) }
}

function withoutCodeLanguage({ type, offset, length, codeLanguage: _language, ...rest }: FoundEntity): Entity {
  return { type, offset, length, ...rest }
}

const namedCharacters: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }

/** The character at this place, decoded; goes past it. */
function readCharacter(state: State): string {
  const { source, position } = state
  const reference = source[position] === '&' ? source.slice(position, position + 12) : ''
  const [named, name] =
    /^&([A-Za-z]+);?/.exec(source[position] === '&' ? source.slice(position, position + 40) : '') ?? []
  const character = name === undefined ? undefined : namedCharacters[name]
  if (named !== undefined && character !== undefined) {
    state.position += named.length
    return character
  }
  const [numeric, hexadecimal, decimal] = /^&#(?:x([0-9A-Fa-f]+)|([0-9]+));?/.exec(reference) ?? []
  if (numeric !== undefined) {
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16)
    if (numeric.replace(';', '').length < 10 && code > 0 && code < 0x10ffff) {
      state.position += numeric.length
      if (code >= 0xd800 && code <= 0xdfff) state.hasSurrogate = true
      return String.fromCodePoint(code)
    }
  }
  state.position++
  return source.charAt(position)
}

function readTag(state: State): void {
  if (state.source[state.position + 1] === '/') readEndTag(state)
  else readStartTag(state)
}

function readStartTag(state: State): void {
  const { source, position: start } = state
  const at = () => source[state.position]
  state.position++
  while (!isSpace(at()) && at() !== '>') state.position++
  if (at() === undefined) throw unclosedStartTag(state, start)
  const name = toAsciiLowerCase(source.slice(start + 1, state.position))
  if (!knownTags.has(name)) {
    throw cannotParse(`Unsupported start tag "${name}" at byte offset ${byteOffset(source, start)}`, start)
  }
  const attributes = readAttributes(state, name, start)
  state.position++
  if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
    throw cannotParse(`Tag "span" must have class "tg-spoiler" at byte offset ${byteOffset(source, start)}`, start)
  }
  state.open.push({ name, attributes, offset: state.text.length })
}

function unclosedStartTag({ source }: State, start: number, name?: string) {
  const tag = name === undefined ? '' : ` "${name}"`
  return cannotParse(`Unclosed start tag${tag} at byte offset ${byteOffset(source, start)}`, start)
}

/** Stops at the bracket that ends the tag. */
function readAttributes(state: State, tag: string, start: number): Map<string, string> {
  const { source } = state
  const attributes = new Map<string, string>()
  const at = () => source[state.position]
  const skipSpace = () => {
    while (at() !== undefined && isSpace(at())) state.position++
  }
  while (at() !== '>') {
    skipSpace()
    if (at() === '>') break
    const nameStart = state.position
    while (!isSpace(at()) && !'=>/"\''.includes(at() ?? '')) state.position++
    const name = source.slice(nameStart, state.position)
    if (name === '') {
      const place = byteOffset(source, start)
      throw cannotParse(`Empty attribute name in the tag "${tag}" at byte offset ${place}`, start)
    }
    skipSpace()
    if (at() === '=') {
      state.position++
      skipSpace()
      if (at() === undefined) throw unclosedStartTag(state, start, tag)
      const value = readAttributeValue(state)
      if (at() === undefined) throw unclosedStartTag(state, start)
      // An address is filled where it is looked at.
      keepAttribute(attributes, tag, name, name === 'href' ? value : state.filling.word(value))
    } else {
      if (at() === undefined) throw unclosedStartTag(state, start, tag)
      if (name === 'expandable') attributes.set(name, '')
    }
  }
  return attributes
}

/** Of two values the last one counts; a class that means nothing to the tag is passed over. */
function keepAttribute(attributes: Map<string, string>, tag: string, name: string, value: string): void {
  if (name === 'class') {
    const prefix = tag === 'span' ? 'tg-' : 'language-'
    if (!value.startsWith(prefix)) return
  }
  attributes.set(name, value)
}

function readAttributeValue(state: State): string {
  const { source } = state
  const quote = source.charAt(state.position)
  if (quote === '"' || quote === "'") {
    state.position++
    let value = ''
    const hadSurrogate = state.hasSurrogate
    while (state.position < source.length && source[state.position] !== quote) value += readCharacter(state)
    state.hasSurrogate = hadSurrogate
    if (source[state.position] === quote) state.position++
    return value
  }
  const start = state.position
  const isToken = (character: string | undefined) => isAlphanumeric(character) || character === '.' || character === '-'
  while (isToken(source[state.position])) state.position++
  const end = source[state.position]
  if (!isSpace(end) && end !== '>') {
    throw cannotParse(`Unexpected end of name token at byte offset ${byteOffset(source, start)}`, start)
  }
  return toAsciiLowerCase(source.slice(start, state.position))
}

function readEndTag(state: State): void {
  const { source, position: start } = state
  const at = () => source[state.position]
  const tag = state.open.at(-1)
  if (!tag) throw cannotParse(`Unexpected end tag at byte offset ${byteOffset(source, start)}`, start)
  state.position += 2
  while (!isSpace(at()) && at() !== '>') state.position++
  const name = toAsciiLowerCase(source.slice(start + 2, state.position))
  while (at() !== undefined && isSpace(at())) state.position++
  if (at() !== '>') throw cannotParse(`Unclosed end tag at byte offset ${byteOffset(source, start)}`, start)
  state.position++
  if (name !== '' && name !== tag.name) {
    throw cannotParse(
      `Unmatched end tag at byte offset ${byteOffset(source, start)}, expected "</${tag.name}>", found "</${name}>"`,
      start,
    )
  }
  state.open.pop()
  if (state.text.length > tag.offset) addEntity(state, tag)
}
