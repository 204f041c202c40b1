import type MarkdownIt from 'markdown-it'
import type { StateBlock } from 'markdown-it'
import { lineOf } from './rules.js'

const fence = /^(`{3,}|~{3,})([^]*)$/

/** Blocks of code; in one that has a language, further ones with theirs are a part of it, with their ends. */
export function addNestedFences(parser: MarkdownIt): void {
  parser.block.ruler.at('fence', readFence, { alt: ['paragraph', 'reference', 'blockquote', 'list'] })
}

function readFence(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  const indent = state.sCount[startLine] ?? 0
  if (indent - state.blkIndent >= 4) return false
  const [, ticks = '', info = ''] = fence.exec(lineOf(state, startLine).trimEnd()) ?? []
  if (ticks === '' || (ticks.startsWith('`') && info.includes('`'))) return false
  if (isSilent) return true

  const lastLine = endOfContainer(state, startLine, endLine)
  const isMarked = info.trim() !== ''
  const end =
    (isMarked ? findEnd(state, startLine, lastLine, ticks, true) : undefined) ??
    findEnd(state, startLine, lastLine, ticks, false)
  state.line = end === undefined ? lastLine : end + 1
  const content = state.getLines(startLine + 1, end ?? lastLine, indent, true)
  const [, language = '', rest = ''] = /^\s*([\w+#.-]*)([^]*)$/.exec(info) ?? []
  const caption = content.trim() === '' ? info.trim() : rest.trim()
  if (caption !== '') pushCaption(state, caption)
  const token = state.push('fence', 'code', 0)
  token.info = language
  token.content = content
  token.markup = ticks
  token.map = [startLine, state.line]
  return true
}

/** More than a language stands beside a fence: it is shown above the code. */
function pushCaption(state: StateBlock, caption: string): void {
  state.push('paragraph_open', 'p', 1)
  const inline = state.push('inline', '', 0)
  inline.content = caption
  inline.children = []
  state.push('paragraph_close', 'p', -1)
}

/** The line that ends the block; undefined where none does. */
function findEnd(
  state: StateBlock,
  startLine: number,
  lastLine: number,
  ticks: string,
  areNested: boolean,
): number | undefined {
  let depth = 0
  for (let line = startLine + 1; line < lastLine; line++) {
    if ((state.sCount[line] ?? 0) - state.blkIndent >= 4) continue
    const [, found = '', info = ''] = fence.exec(lineOf(state, line).trimEnd()) ?? []
    if (found === '' || found.charAt(0) !== ticks.charAt(0)) continue
    const isBare = info.trim() === ''
    if (areNested && !isBare) depth++
    else if (isBare && depth > 0) depth--
    else if (isBare && found.length >= ticks.length) return line
  }
  return undefined
}

function endOfContainer({ sCount, blkIndent, bMarks, tShift, eMarks }: StateBlock, startLine: number, endLine: number) {
  let line = startLine + 1
  while (line < endLine) {
    const isFilled = (bMarks[line] ?? 0) + (tShift[line] ?? 0) < (eMarks[line] ?? 0)
    if (isFilled && (sCount[line] ?? 0) < blkIndent) break
    line++
  }
  return line
}
