import type MarkdownIt from 'markdown-it'
import type { StateBlock, StateCore } from 'markdown-it'
import { lineOf, ruleOf } from './rules.js'

const alert = /^\[!(note|tip|important|warning|caution)\]$/i

/** Blocks that are less than CommonMark takes them for, and the notes of GitHub. */
export function addSureBlocks(parser: MarkdownIt): void {
  const readHeading = ruleOf(parser, 'lheading')
  // A line of dashes below a text is a rule: whoever writes a report does not think of headings.
  parser.block.ruler.at('lheading', (state, startLine, endLine, isSilent) =>
    isUnderlined(state, startLine, endLine) ? readHeading(state, startLine, endLine, isSilent) : false,
  )
  const readQuote = ruleOf(parser, 'blockquote')
  parser.block.ruler.at(
    'blockquote',
    (state, startLine, endLine, isSilent) =>
      // ">90 %" is a number.
      /^>\d/.test(lineOf(state, startLine)) ? false : readQuote(state, startLine, endLine, isSilent),
    { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
  )
  parser.core.ruler.after('inline', 'alerts', nameAlerts)
}

/** Whether `=` stand below the paragraph, before any dashes. */
function isUnderlined(state: StateBlock, startLine: number, endLine: number): boolean {
  const isInside = (line: number): boolean => !state.isEmpty(line) && (state.sCount[line] ?? 0) >= state.blkIndent
  for (let line = startLine + 1; line < endLine && isInside(line); line++) {
    const text = lineOf(state, line).trimEnd()
    if (/^=+$/.test(text)) return true
    if (/^-+$/.test(text)) return false
  }
  return false
}

/** `[!NOTE]` at the beginning of a quote becomes a bold word. */
function nameAlerts({ tokens, Token }: StateCore): void {
  for (const [index, token] of tokens.entries()) {
    const children = tokens[index + 2]?.children
    const [first, second] = children ?? []
    if (token.type !== 'blockquote_open' || !first || (second && second.type !== 'softbreak')) continue
    const [, name] = alert.exec(first.content.trim()) ?? []
    if (name === undefined || first.type !== 'text') continue
    const text = new Token('text', '', 0)
    text.content = name.charAt(0).toUpperCase() + name.slice(1).toLowerCase()
    children?.splice(0, 1, new Token('strong_open', 'strong', 1), text, new Token('strong_close', 'strong', -1))
  }
}
