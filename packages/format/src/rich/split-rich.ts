import { codePointLength } from '../limits.js'
import { blocksIn, isMedium, plainOf, type RichBlock, type RichText, textsIn } from './rich-message.js'

/** Telegram's limits of one rich message (Bot API, sendRichMessage). */
export const richLimits = {
  characters: 32_768,
  blocks: 500,
  depth: 16,
  media: 50,
  columns: 20,
  /** Marked texts: beyond about 4,400 of them Telegram leaves out the rest without a word. */
  spans: 4_000,
} as const

export type RichSize = Record<keyof typeof richLimits, number>

const nothing: RichSize = { characters: 0, blocks: 0, depth: 0, media: 0, columns: 0, spans: 0 }

/** How much of what is limited blocks take together. */
export function measureRich(blocks: readonly RichBlock[]): RichSize {
  return blocks.map(measureBlock).reduce(add, nothing)
}

function measureBlock(block: RichBlock): RichSize {
  const inner = measureRich(blocksIn(block))
  const texts = textsIn(block)
  const rows = block.type === 'table' ? block.cells : []
  const items = block.type === 'list' ? block.items.length : 0
  return {
    characters: inner.characters + texts.reduce((sum: number, text) => sum + codePointLength(plainOf(text)), 0),
    blocks: 1 + inner.blocks + items + rows.length,
    // An item is a level of its own.
    depth: 1 + inner.depth + (items > 0 ? 1 : 0),
    media: inner.media + (isMedium(block) ? 1 : 0),
    columns: Math.max(inner.columns, ...rows.map((row) => row.length)),
    spans: inner.spans + texts.reduce((sum: number, text) => sum + countSpans(text), 0),
  }
}

function countSpans(text: RichText): number {
  if (typeof text === 'string') return 0
  if (Array.isArray(text)) return text.reduce((sum: number, part) => sum + countSpans(part), 0)
  return 1 + ('text' in text ? countSpans(text.text) : 0)
}

function add(one: RichSize, other: RichSize): RichSize {
  return {
    characters: one.characters + other.characters,
    blocks: one.blocks + other.blocks,
    depth: Math.max(one.depth, other.depth),
    media: one.media + other.media,
    columns: Math.max(one.columns, other.columns),
    spans: one.spans + other.spans,
  }
}

function fits(size: RichSize): boolean {
  return (Object.keys(richLimits) as (keyof RichSize)[]).every((name) => size[name] <= richLimits[name])
}

/**
 * Blocks as messages within Telegram's limits: a block that is too large for one goes on in the next.
 * @returns undefined where they cannot be divided like that, such as a paragraph that is too long.
 */
export function splitRich(blocks: readonly RichBlock[]): RichBlock[][] | undefined {
  const messages: RichBlock[][] = []
  let current: RichBlock[] = []
  let size = nothing
  for (const whole of blocks) {
    const pieces = fits(measureBlock(whole)) ? [whole] : divide(whole)
    if (!pieces) return undefined
    for (const piece of pieces) {
      const measured = measureBlock(piece)
      if (current.length > 0 && !fits(add(size, measured))) {
        messages.push(current)
        current = []
        size = nothing
      }
      current.push(piece)
      size = add(size, measured)
    }
  }
  return current.length > 0 ? [...messages, current] : messages
}

/** A block as several, each of which fits. */
function divide(block: RichBlock): RichBlock[] | undefined {
  if (block.type === 'list') return pack(block.items, (items) => ({ ...block, items }))
  if (block.type === 'pre') return pack(block.text.split('\n'), (lines) => ({ ...block, text: lines.join('\n') }))
  if (block.type === 'table') {
    const [head = [], ...rows] = block.cells
    return pack(rows, (some) => ({ ...block, cells: [head, ...some] }))
  }
  return 'blocks' in block ? pack(block.blocks, (some) => ({ ...block, blocks: some })) : undefined
}

/** As few blocks as there can be, each with as many parts as fit; undefined where a part alone is too large. */
function pack<Part>(parts: readonly Part[], make: (parts: Part[]) => RichBlock): RichBlock[] | undefined {
  const [first] = parts
  const shell = measureBlock(make([]))
  if (first === undefined) return undefined
  const packed: Part[][] = []
  let size = shell
  for (const part of parts) {
    const alone = measureBlock(make([part]))
    if (!fits(alone)) return undefined
    // One more for what joins the lines of code.
    const added = { ...alone, characters: alone.characters - shell.characters + 1, blocks: alone.blocks - shell.blocks }
    const last = packed.at(-1)
    const together = add(size, added)
    if (last && fits(together)) {
      last.push(part)
      size = together
    } else {
      packed.push([part])
      size = alone
    }
  }
  return packed.map(make)
}
