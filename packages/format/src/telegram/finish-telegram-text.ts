import type { Entity, FormattedText } from '../formatted-text.js'
import { fixEntities } from './fix-entities.js'
import { sortEntities } from './sort-entities.js'
import { byteOffset, TelegramParseError } from './telegram-parse-error.js'

const bytesMax = 35_000

/**
 * Makes what Telegram sends of a text with entities: control characters and marks that turn the direction of text
 * taken out, entities that do not fit together cut or dropped, white space trimmed. Does not find links,
 * hashtags and the like by itself.
 * @throws {TelegramParseError} in Telegram's words, for entities outside of the text and for a text of which
 * nothing is left.
 */
export function finishTelegramText(given: FormattedText): FormattedText {
  return truncate(finishWholeText(given))
}

/**
 * As `finishTelegramText`, however long the text is: for one that will be split into messages.
 * @throws {TelegramParseError}
 */
export function finishWholeText({ text, entities }: FormattedText): FormattedText {
  const given = entities.filter(isMeaningful)
  for (const entity of given) assertBounds(text, entity)
  const fixed = fixEntities(given)
  const trimmed = isClean(text) ? trim(text, fixed) : trimCleaned(clean(text, fixed))
  if (isBlank(trimmed.text)) throw new TelegramParseError('Text must be non-empty')
  return trimmed
}

/** Whether a reader sees nothing of it, in whatever characters without a shape it is written. */
export function isInvisible(text: string): boolean {
  return /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u3164\uffa0\ufffc\u0333\u033f\u030a]*$/u.test(
    text,
  )
}

/** Whether a text has nothing but ASCII punctuation that a reader would see: marks may be all that it is. */
export function isOnlyMarks(text: string): boolean {
  return isInvisible(text.replace(/[!-/:-@[-`{-~]/g, ''))
}

/** Whether Telegram finds nothing to show in it: only spaces and characters without a width. */
export function isBlank(text: string): boolean {
  return /^[\0- \u00a0\u030a\u0333\u033f\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u2800\u3000\ufeff\ufffc\u{e0000}-\u{e007f}]*$/u.test(
    text,
  )
}

/** Whether it has what its type needs, of those that need something. */
function isMeaningful(entity: Entity): boolean {
  const { type, length } = entity
  if (length <= 0) return false
  if (type === 'text_link') return entity.url !== undefined && entity.url !== ''
  if (type === 'text_mention') return entity.user_id !== undefined
  if (type === 'custom_emoji') return entity.custom_emoji_id !== undefined
  return type !== 'date_time' || (entity.unix_time ?? 0) > 0
}

function assertBounds(text: string, { offset, length }: Entity): void {
  const end = offset + length
  if (offset < 0 || offset > 1_000_000) {
    throw new TelegramParseError(`Receive an entity with incorrect offset ${offset}`)
  }
  if (offset > text.length) {
    throw new TelegramParseError(`Entity begins after the end of the text at UTF-16 offset ${offset}`)
  }
  if (end > text.length) {
    throw new TelegramParseError(
      `Entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`,
    )
  }
  if (isInPair(text, offset)) {
    throw new TelegramParseError(
      `Entity begins in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, offset + 1)}`,
    )
  }
  if (isInPair(text, end)) {
    throw new TelegramParseError(
      `Entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${byteOffset(text, end + 1)}`,
    )
  }
}

function isInPair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  const before = text.charCodeAt(index - 1)
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff
}

/** Whether it has nothing that would be taken out or replaced. Of a text that has other letters than these it is not known. */
function isClean(text: string): boolean {
  return /^[\n -\u02ff]*$/.test(text)
}

function trimCleaned({ text, entities }: FormattedText): FormattedText {
  return trim(text, fixEntities(entities.filter(isMeaningful)))
}

const dropped = /[\r\u2028-\u202e\u0333\u033f\u030a]/g

function clean(text: string, entities: readonly Entity[]): FormattedText {
  const places = Array.from(text.matchAll(dropped), ({ index }) => index)
  const spaced = places.length > 0 ? text.replace(dropped, '') : text
  const cleaned = spaced
    // Control characters, that is: all below the space.
    .replace(/[^\n\u0020-\uffff]/g, ' ')
    // Of several marks of direction in a row only the last one has an effect.
    .replace(/[\u200e\u200f](?=[\u200e\u200f])/g, '\u200c')
  if (places.length === 0) return { text: cleaned, entities: [...entities] }
  const moved = (offset: number) => offset - countBelow(places, offset)
  return {
    text: cleaned,
    entities: entities.map((entity) => {
      const offset = moved(entity.offset)
      return { ...entity, offset, length: moved(entity.offset + entity.length) - offset }
    }),
  }
}

/** How many of the sorted numbers are below a bound. */
function countBelow(sorted: readonly number[], bound: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? bound) < bound) low = middle + 1
    else high = middle
  }
  return low
}

/** White space goes at the end; at the beginning only what stands before the first entity. */
function trim(text: string, entities: readonly Entity[]): FormattedText {
  let end = text.length
  while (end > 0 && isTrimmed(text, end - 1)) end--
  const firstOffset = entities[0]?.offset ?? end
  let start = 0
  while (start < Math.min(firstOffset, end) && isTrimmed(text, start)) start++
  if (start === 0 && end === text.length) return { text, entities: [...entities] }
  const kept = entities
    .filter(({ offset }) => offset < end)
    .map((entity) => ({
      ...entity,
      offset: entity.offset - start,
      length: Math.min(entity.length, end - entity.offset),
    }))
  // Entities to which the cut gave a common end may have to change places.
  return { text: text.slice(start, end), entities: sortEntities(kept) }
}

function isTrimmed(text: string, index: number): boolean {
  const character = text[index]
  return character === ' ' || character === '\n'
}

function truncate({ text, entities }: FormattedText): FormattedText {
  if (text.length * 3 <= bytesMax || byteOffset(text, text.length) <= bytesMax) return { text, entities }
  let end = 0
  let bytes = 0
  for (const character of text) {
    bytes += byteOffset(character, character.length)
    if (bytes > bytesMax) break
    end += character.length
  }
  return { text: text.slice(0, end), entities: entities.filter(({ offset, length }) => offset + length <= end) }
}
