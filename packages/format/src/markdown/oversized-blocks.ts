import type MarkdownIt from 'markdown-it'
import type { StateBlock } from 'markdown-it'

/** Levels of lists (two each) and quotes; what is nested deeper is shown as the text that it is written in. */
const nestingMax = 20
/** A table with more cells is shown as it is written. The parser would fill up 65,536. */
const cellsMax = 8_192

/** The parser's own limit, beyond which it drops what it reads. A list goes down two levels at once. */
export const parserNestingMax = nestingMax + 2

/** Takes what would be dropped, or take long, before the parser's own rules see it: as text. */
export function addOversizedBlocks(parser: MarkdownIt): void {
  parser.block.ruler.before('table', 'oversized_block', readOversizedBlock)
}

function readOversizedBlock(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  if (isSilent) return false
  const isTooDeep = state.level >= nestingMax
  if (!isTooDeep && !isHugeTable(state, startLine, endLine)) return false
  let line = startLine
  while (line < endLine && !isEndOfBlock(state, line, isTooDeep)) line++
  state.push('oversized_block', '', 0).content = state.getLines(startLine, line, state.blkIndent, false).trimEnd()
  state.line = line
  return true
}

/** What is nested too deeply goes on over empty lines; a table does not. */
function isEndOfBlock(state: StateBlock, line: number, isTooDeep: boolean): boolean {
  return state.isEmpty(line) ? !isTooDeep : (state.sCount[line] ?? 0) < state.blkIndent
}

function isHugeTable(state: StateBlock, startLine: number, endLine: number): boolean {
  const delimiters = state.src.slice(state.bMarks[startLine + 1], state.eMarks[startLine + 1])
  if (startLine + 1 >= endLine || !delimiters.includes('|') || !/^[\s|:-]+$/.test(delimiters)) return false
  const columns = delimiters.split('|').length
  let line = startLine
  while (line < endLine && !state.isEmpty(line) && (line - startLine) * columns <= cellsMax) line++
  return (line - startLine) * columns > cellsMax
}
