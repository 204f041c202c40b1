import type { Entity, EntityType } from '../formatted-text.js'
import { sortEntities } from './sort-entities.js'

// Does what Telegram does with entities that cross, touch or contain each other. There are three kinds: styles
// (bold and the like) can be cut into pieces; quotes hold anything but quotes; all others are continuous:
// they are kept whole or not at all.

const styles: readonly EntityType[] = ['bold', 'italic', 'underline', 'strikethrough', 'spoiler']
const quotes: readonly EntityType[] = ['blockquote', 'expandable_blockquote']
/** These hold no other entity. */
const verbatim: readonly EntityType[] = ['pre', 'code', 'date_time']

const isStyle = ({ type }: Entity) => styles.includes(type)
const isQuote = ({ type }: Entity) => quotes.includes(type)
const isVerbatim = ({ type }: Entity) => verbatim.includes(type)
const endOf = ({ offset, length }: Entity) => offset + length

/**
 * Entities as Telegram keeps them, in its order: no two of them cross, styles are cut at the borders of all
 * others, and of those that may not stand together the first one stays.
 */
export function fixEntities(entities: readonly Entity[]): Entity[] {
  const sorted = sortEntities(entities)
  if (areValid(sorted)) return sorted
  const kept = withoutOverlaps(sorted.filter(isQuote))
  const continuous = withoutOverlaps(sorted.filter((entity) => !isStyle(entity) && !isQuote(entity)))
  const others = sortEntities([...continuous.filter((entity) => !crossesAny(entity, kept)), ...kept])
  return sortEntities([...others, ...cutStyles(sorted.filter(isStyle), others)])
}

/** Whether nothing has to be changed. Stricter than it needs to be, as Telegram is. */
function areValid(sorted: readonly Entity[]): boolean {
  const styleEnds = new Map<EntityType, number>()
  const open: Entity[] = []
  for (const entity of sorted) {
    while (open.length > 0 && entity.offset >= endOf(open.at(-1) as Entity)) open.pop()
    if (open.length > 0 && !mayStandIn(entity, open)) return false
    if (isStyle(entity)) {
      if ((styleEnds.get(entity.type) ?? -1) >= entity.offset) return false
      styleEnds.set(entity.type, endOf(entity))
    }
    open.push(entity)
  }
  return true
}

/** `open`: what it stands in, outermost first. */
function mayStandIn(entity: Entity, open: readonly Entity[]): boolean {
  if (open.some((outer) => endOf(entity) > endOf(outer) || outer.type === entity.type)) return false
  if (open.some((outer) => isStyle(outer) || isVerbatim(outer))) return false
  // What is left to stand in are quotes, links, mentions and emoji.
  const isInContinuous = open.some((outer) => !isQuote(outer))
  if (isVerbatim(entity) || isQuote(entity)) return !isInContinuous && !(isQuote(entity) && open.length > 0)
  return isStyle(entity) || !isInContinuous
}

function withoutOverlaps(sorted: readonly Entity[]): Entity[] {
  let end = 0
  return sorted.filter((entity) => {
    if (entity.offset < end) return false
    end = endOf(entity)
    return true
  })
}

/** Whether it is partly in a quote and partly not, or holds one. */
function crossesAny(entity: Entity, sortedQuotes: readonly Entity[]): boolean {
  const quote = sortedQuotes.find((candidate) => endOf(candidate) > entity.offset)
  if (!quote) return false
  return endOf(quote) < endOf(entity) || (entity.offset < quote.offset && quote.offset < endOf(entity))
}

/**
 * Styles, those of one type that touch joined, cut wherever another entity begins or ends and wherever
 * another style begins, and taken out of verbatim text.
 */
function cutStyles(sorted: readonly Entity[], others: readonly Entity[]): Entity[] {
  const pieces: Entity[] = []
  const running = new Map<EntityType, { start: number; end: number }>()
  let next = 0

  const cutAt = (offset: number): void => {
    for (const type of styles) {
      const run = running.get(type)
      if (!run || run.start >= offset) continue
      const end = Math.min(run.end, offset)
      pieces.push({ type, offset: run.start, length: end - run.start })
      if (run.end <= offset) running.delete(type)
      else run.start = offset
    }
  }
  const advanceTo = (offset: number): void => {
    for (let style = sorted[next]; style && style.offset < offset; style = sorted[++next]) {
      const run = running.get(style.type)
      if (run && style.offset <= run.end) {
        run.end = Math.max(run.end, endOf(style))
      } else {
        cutAt(style.offset)
        running.set(style.type, { start: style.offset, end: endOf(style) })
      }
    }
    cutAt(offset)
  }
  const open: Entity[] = []
  const closeUntil = (offset: number): void => {
    for (let inner = open.at(-1); inner && endOf(inner) <= offset; inner = open.at(-1)) {
      const count = pieces.length
      advanceTo(endOf(inner))
      if (isVerbatim(inner)) pieces.length = count
      open.pop()
    }
    advanceTo(offset)
  }
  for (const other of others) {
    closeUntil(other.offset)
    open.push(other)
  }
  closeUntil(Number.POSITIVE_INFINITY)
  return pieces
}
