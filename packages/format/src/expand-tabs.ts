import type { Entity, FormattedText } from './formatted-text.js'

/** Where a tab leads to. At the beginning of a line it is narrower than on a screen, as a phone is. */
const stops = { indent: 4, inLine: 8 }

/** Puts spaces in the place of tabs, so that columns stay columns: Telegram makes one space of a tab. */
export function expandTabs({ text, entities }: FormattedText, isColumned: (offset: number) => boolean): FormattedText {
  if (!text.includes('\t')) return { text, entities }
  const moved = new Uint32Array(text.length + 1)
  const pieces: string[] = []
  let length = 0
  let lineStart = 0
  let isIndent = true
  for (let offset = 0; offset < text.length; offset++) {
    moved[offset] = length
    const unit = text.charAt(offset)
    const stop = isIndent ? stops.indent : stops.inLine
    const piece = unit === '\t' && isColumned(offset) ? ' '.repeat(stop - ((length - lineStart) % stop)) : unit
    pieces.push(piece)
    length += piece.length
    if (unit === '\n') lineStart = length
    isIndent = unit === '\n' || (isIndent && (unit === '\t' || unit === ' '))
  }
  moved[text.length] = length
  const move = (offset: number): number => moved[offset] ?? length
  return {
    text: pieces.join(''),
    entities: entities.map((entity) => {
      const offset = move(entity.offset)
      return { ...entity, offset, length: move(entity.offset + entity.length) - offset }
    }),
  }
}

/** Tells for each place of a text, asked for in their order, whether it is in code. */
export function inCode({ entities }: FormattedText): (offset: number) => boolean {
  let code: Entity[] | undefined
  let next = 0
  return (offset) => {
    code ??= entities.filter(({ type }) => type === 'pre' || type === 'code').toSorted((a, b) => a.offset - b.offset)
    while (next < code.length && end(code[next]) <= offset) next++
    const [entity] = code.slice(next, next + 1)
    return entity !== undefined && entity.offset <= offset
  }
}

function end(entity: { offset: number; length: number } | undefined): number {
  return entity === undefined ? 0 : entity.offset + entity.length
}
