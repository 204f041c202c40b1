import MarkdownIt, { type PluginSimple, type StateInline } from 'markdown-it'
import footnote from 'markdown-it-footnote'
import { addBareAddresses } from './bare-addresses.js'
import { addOversizedBlocks, parserNestingMax } from './oversized-blocks.js'
import { addSpoilers } from './spoilers.js'
import { addTags } from './tags.js'

/**
 * CommonMark with tables, strikethrough, footnotes, `||spoilers||` and a few tags. HTML is not read: it stays
 * text. Footnotes are left where they are defined; whoever renders the tokens moves them.
 */
export function makeParser(): MarkdownIt {
  const parser = new MarkdownIt('commonmark', { html: false, maxNesting: parserNestingMax } as object)
  parser.enable(['table', 'strikethrough'])
  // Its types are those of another release of the parser.
  parser.use(footnote as unknown as PluginSimple)
  parser.disable(['footnote_inline', 'footnote_tail'])
  parser.inline.ruler.at('text', readText)
  addSpoilers(parser)
  addTags(parser)
  addOversizedBlocks(parser)
  addBareAddresses(parser)
  return parser
}

const isMark = new Uint8Array(128)
for (const mark of '\n!#$%&*+-:<=>@[\\]^_`{}~|') isMark[mark.charCodeAt(0)] = 1

/** An address that stands in a text, or what is before its colon. */
const addressStart = /\b(?:https?$|www\.)/i

/** The parser's own rule does not know that a bar may mean something. */
function readText(state: StateInline, isSilent: boolean): boolean {
  let end = state.pos
  while (end < state.posMax && isMark[state.src.charCodeAt(end)] !== 1) end++
  if (end === state.pos) return false
  const address = addressStart.exec(state.src.slice(state.pos, end))?.index ?? 0
  if (address > 0) end = state.pos + address
  if (!isSilent) state.pending += state.src.slice(state.pos, end)
  state.pos = end
  return true
}
