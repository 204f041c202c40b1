import MarkdownIt, { type PluginSimple, type StateInline } from 'markdown-it'
import footnote from 'markdown-it-footnote'
import { addBareAddresses } from './bare-addresses.js'
import { addSureBlocks } from './dialect/blocks.js'
import { showUnusedDefinitions } from './dialect/definitions.js'
import { addSureDelimiters } from './dialect/delimiters.js'
import { addNestedFences } from './dialect/fences.js'
import { addHtml } from './dialect/html.js'
import { addLabelledLinks } from './dialect/labelled-links.js'
import { addCountedLists, addWrittenLists } from './dialect/lists.js'
import { addLiteralText } from './dialect/literal-text.js'
import { addWholeTables } from './dialect/tables.js'
import { addOversizedBlocks, parserNestingMax } from './oversized-blocks.js'
import { addSpoilers } from './spoilers.js'
import { isPlainAddress } from '../telegram/links.js'

/**
 * How a source is read. `commonmark` is CommonMark and GFM to the letter; in `written` a mark is one only where it is
 * surely meant, and nothing that somebody wrote is lost. docs/markdown.md has every difference.
 */
export type Dialect = 'written' | 'commonmark'

/**
 * CommonMark with tables, strikethrough and footnotes. Footnotes are left where they are defined; whoever renders the
 * tokens moves them.
 */
export function makeParser(dialect: Dialect): MarkdownIt {
  // HTML to the letter is read as such, so that nothing in it is a mark, and shown as it is written.
  const html = dialect === 'commonmark'
  const parser = new MarkdownIt('commonmark', { html, maxNesting: parserNestingMax } as object)
  parser.enable(['table', 'strikethrough'])
  // Its types are those of another release of the parser.
  parser.use(footnote as unknown as PluginSimple)
  parser.disable(['footnote_inline', 'footnote_tail'])
  parser.inline.ruler.at('text', readText)
  const normalizeLink = parser.normalizeLink.bind(parser)
  parser.normalizeLink = (url) => (isPlainAddress(url) ? url : normalizeLink(url))
  if (dialect === 'written') addWrittenForms(parser)
  else addCountedLists(parser)
  addOversizedBlocks(parser)
  addBareAddresses(parser)
  return parser
}

function addWrittenForms(parser: MarkdownIt): void {
  addSureDelimiters(parser)
  addSpoilers(parser)
  addLiteralText(parser)
  addLabelledLinks(parser)
  addHtml(parser)
  addSureBlocks(parser)
  addNestedFences(parser)
  addWholeTables(parser)
  addWrittenLists(parser)
  showUnusedDefinitions(parser)
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
