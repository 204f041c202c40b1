import type { Token } from 'markdown-it'

const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** The mark of the footnote with this index, counted from 0. */
export function footnoteMark(index: number): string {
  return String(index + 1).replace(/\d/g, (digit) => digits.charAt(Number(digit)))
}

/**
 * Takes the footnotes out of the text: those that the text refers to in that order, then those that nothing
 * refers to, so that none is lost. A reference has the index of its footnote in `meta.id`.
 */
export function splitOffFootnotes(tokens: readonly Token[]): { body: Token[]; notes: Token[][] } {
  const body: Token[] = []
  const definitions = new Map<string, Token[]>()
  // A footnote may be defined in another, or in a quote.
  const open: Token[][] = [body]
  for (const token of tokens) {
    if (token.type === 'footnote_reference_open') {
      const definition = definitions.get(labelOf(token)) ?? []
      definitions.set(labelOf(token), definition)
      open.push(definition)
    } else if (token.type === 'footnote_reference_close') {
      open.pop()
    } else {
      open.at(-1)?.push(token)
    }
  }
  if (definitions.size === 0) return { body, notes: [] }
  const referred = tokens
    .flatMap(({ children }) => children ?? [])
    .filter(({ type }) => type === 'footnote_ref')
    .map(labelOf)
  const order = new Set([...referred, ...definitions.keys()])
  const indexes = new Map(Array.from(order, (label, index) => [label, index]))
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type === 'footnote_ref') token.meta = { ...token.meta, id: indexes.get(labelOf(token)) }
  }
  return { body, notes: Array.from(order, (label) => definitions.get(label) ?? []) }
}

function labelOf(token: Token): string {
  return String((token.meta as { label: unknown }).label)
}
