import type MarkdownIt from 'markdown-it'
import type { StateInline } from 'markdown-it'

const bar = '|'.charCodeAt(0)

type Delimiter = StateInline['delimiters'][number]

/** `||text||`: two bars open and close like the two tildes of a strikethrough. */
export function addSpoilers(parser: MarkdownIt): void {
  parser.inline.ruler.before('emphasis', 'spoiler', readBars)
  parser.inline.ruler2.before('emphasis', 'spoiler', pairBars)
}

function readBars(state: StateInline, isSilent: boolean): boolean {
  if (isSilent || state.src.charCodeAt(state.pos) !== bar) return false
  const { length, can_open: open, can_close: close } = state.scanDelims(state.pos, true)
  if (length < 2) return false
  if (length % 2 === 1) state.push('text', '', 0).content = '|'
  for (let pair = 0; pair < Math.floor(length / 2); pair++) {
    state.push('text', '', 0).content = '||'
    state.delimiters.push({ marker: bar, length: 0, token: state.tokens.length - 1, end: -1, open, close })
  }
  state.pos += length
  return true
}

function pairBars(state: StateInline): boolean {
  pairDelimiters(state, state.delimiters)
  for (const meta of state.tokens_meta) {
    if (meta) pairDelimiters(state, meta.delimiters)
  }
  return true
}

function pairDelimiters(state: StateInline, delimiters: Delimiter[]): void {
  for (const { marker, end, token } of delimiters) {
    const closing = delimiters[end]
    if (marker !== bar || !closing) continue
    turnInto(state, token, 'spoiler_open', 1)
    turnInto(state, closing.token, 'spoiler_close', -1)
  }
}

function turnInto(state: StateInline, index: number, type: string, nesting: 1 | -1): void {
  const token = state.tokens[index]
  if (token) Object.assign(token, { type, nesting, content: '', markup: '||' })
}
