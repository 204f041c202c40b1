import type { Entity, FormattedText } from '../formatted-text.js'
import { codePointLength, entitiesMax } from '../limits.js'
import { finishWholeText, isBlank } from '../telegram/finish-telegram-text.js'

/** A border is taken where the part it ends is at least this share of the limit, if there is one. */
const fillMin = 0.5

/** Where a text may be cut, best first: between blocks, lines, sentences, words. */
const borders = [/\n[ \n]*\n/g, /\n/g, /[.!?…。！？][)\]"'”’»]*(?=\s)|[。！？]/g, /\s/g]

/**
 * Cuts a text into messages that Telegram takes, in order. Cuts between blocks where it can, else between
 * lines, sentences, words, and at last between what a reader sees as characters. Entities go on in the next
 * part, so that a code block stays one. No part has more entities than Telegram takes.
 * @param limit the longest message, in characters as Telegram counts them (Unicode code points). A part that
 * was cut has at most this many UTF-16 units, which is never more.
 * @param firstLimit the same for the first part, where it is a caption.
 */
export function splitMessage(message: FormattedText, limit: number, firstLimit = limit): FormattedText[] {
  if (fits(message, firstLimit)) return [message]
  const parts: FormattedText[] = []
  let start = 0
  while (start < message.text.length) {
    const lengthMax = parts.length === 0 ? firstLimit : limit
    const end = findCut(message.text, start, Math.min(lengthMax, entityLimit(message, start)))
    const part = slice(message, start, end)
    if (part) parts.push(part)
    start = skipBorder(message, end)
  }
  return parts
}

/** The beginning of a message, with an ellipsis where it was cut. Limit as for `splitMessage`. */
export function truncateMessage(message: FormattedText, limit: number): FormattedText {
  if (fits(message, limit)) return message
  const ellipsis = '…'
  const lengthMax = Math.min(limit - ellipsis.length, entityLimit(message, 0))
  const end = findCut(message.text, 0, lengthMax, borders.slice(-1), fillMin)
  const head = slice(message, 0, end) ?? { text: '', entities: [] }
  return { text: head.text + ellipsis, entities: head.entities }
}

function fits({ text, entities }: FormattedText, limit: number): boolean {
  return codePointLength(text) <= limit && entities.length <= entitiesMax
}

/** How long a part that begins here can be before it has more entities than Telegram takes. */
function entityLimit({ entities }: FormattedText, start: number): number {
  const offsets = entities
    .flatMap(({ offset, length }) => (offset + length > start ? [Math.max(offset, start)] : []))
    .toSorted((a, b) => a - b)
  const beyond = offsets[entitiesMax]
  return beyond === undefined || beyond === start ? Infinity : beyond - start
}

/** @param share of the limit that a border has to be beyond, if there is none that fills more. */
function findCut(text: string, start: number, limit: number, allowed = borders, share = 0): number {
  if (text.length - start <= limit) return text.length
  const window = text.slice(start, start + limit)
  const ends = allowed.map((border) => lastEnd(window, text.charAt(start + limit), border))
  const fitting = ends.find((end) => end >= limit * fillMin) ?? ends.findLast((end) => end > limit * share)
  return start + (fitting ?? clusterBorder(text, start, limit))
}

/** Where the last border of this kind in a window leaves off: what comes before it stays. 0 where there is none. */
function lastEnd(window: string, next: string, border: RegExp): number {
  let end = 0
  for (const match of (window + next).matchAll(border)) {
    const isSpace = match[0].trim() === ''
    const cut = isSpace ? match.index : match.index + match[0].length
    if (cut <= window.length) end = cut
  }
  return end
}

const clusters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The last place within the limit that is not inside of what a reader sees as one character. */
function clusterBorder(text: string, start: number, limit: number): number {
  const around = text.slice(start, start + limit + 64)
  const border = clusters.segment(around).containing(limit)?.index ?? limit
  if (border > 0) return border
  const unit = text.charCodeAt(start + limit)
  const isInPair = unit >= 0xdc00 && unit <= 0xdfff
  // Never nothing, however low the limit.
  return Math.max(isInPair ? limit - 1 : limit, String.fromCodePoint(text.codePointAt(start) ?? 0).length)
}

/** White space at a cut goes; in code only the line break does. */
function skipBorder({ text, entities }: FormattedText, end: number): number {
  const isInCode = entities.some(
    ({ type, offset, length }) => (type === 'pre' || type === 'code') && offset < end && end < offset + length,
  )
  if (isInCode) return text[end] === '\n' ? end + 1 : end
  let start = end
  while (start < text.length && /\s/.test(text.charAt(start))) start++
  return start
}

/** Undefined where nothing is left to show. */
function slice({ text, entities }: FormattedText, start: number, end: number): FormattedText | undefined {
  const part = text.slice(start, end)
  if (isBlank(part)) return undefined
  return finishWholeText({
    text: part,
    entities: entities.flatMap((entity): Entity[] => {
      const offset = Math.max(entity.offset, start)
      const length = Math.min(entity.offset + entity.length, end) - offset
      return length > 0 ? [{ ...entity, offset: offset - start, length }] : []
    }),
  })
}
