import type MarkdownIt from 'markdown-it'
import type { StateInline } from 'markdown-it'

/** Up to white space, a bracket, a mark that escapes or encloses, or a character that is written by its name. */
const address = /(?:https?:\/\/|www\.)(?:[^\s<[\]`\\&]|&(?![#a-z][a-z0-9]*;))+/iy
/** The end of a sentence, of a bracket or of a mark is no part of an address (GFM, extended autolinks). */
const trailing = new Set('?!.,:*_~\'")]|')

/** Telegram finds addresses by itself: marks in the middle of one mean nothing. */
export function addBareAddresses(parser: MarkdownIt): void {
  parser.inline.ruler.before('text', 'bare_address', readAddress)
}

function readAddress(state: StateInline, isSilent: boolean): boolean {
  const { src, pos } = state
  if (pos > 0 && /\w/.test(src.charAt(pos - 1))) return false
  address.lastIndex = pos
  const written = address.exec(src)?.[0] ?? ''
  let end = Math.min(pos + written.length, state.posMax)
  while (end > pos && trailing.has(src.charAt(end - 1))) end--
  if (end === pos) return false
  if (!isSilent) state.pending += src.slice(pos, end)
  state.pos = end
  return true
}
