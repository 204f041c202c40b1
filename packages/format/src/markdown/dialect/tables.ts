import type MarkdownIt from 'markdown-it'
import type { StateBlock } from 'markdown-it'
import { lineOf } from './rules.js'

const delimiterRow = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/

/** A row with more cells than this, and than the header, is no row that somebody meant. */
const columnsMax = 50

/** Tables as GFM has them, of which no cell is lost: neither one beyond the header nor one with a bar in its code. */
export function addWholeTables(parser: MarkdownIt): void {
  parser.block.ruler.at('table', readTable, { alt: ['paragraph', 'reference'] })
}

function readTable(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  const delimiters = startLine + 1 < endLine ? lineOf(state, startLine + 1).trim() : ''
  const header = lineOf(state, startLine).trim()
  if (!delimiterRow.test(delimiters) || !/\|/.test(header + delimiters)) return false
  if (isDeeper(state, startLine) || isDeeper(state, startLine + 1)) return false
  if ((state.sCount[startLine + 1] ?? 0) < state.blkIndent) return false
  const names = splitRow(header)
  if (names.length !== splitRow(delimiters).length) return false
  if (isSilent) return true

  let line = startLine + 2
  const rows: string[][] = []
  while (line < endLine && !endsTable(state, line, endLine)) rows.push(splitRow(lineOf(state, line++).trim()))
  const widest = rows.reduce((most, row) => Math.max(most, row.length), names.length)
  const columns = Math.max(names.length, Math.min(widest, columnsMax))
  const aligns = splitRow(delimiters).map(alignOf)
  state.push('table_open', 'table', 1).map = [startLine, line]
  for (const [index, row] of [names, ...rows].entries()) {
    state.push('tr_open', 'tr', 1)
    for (let column = 0; column < columns; column++) {
      const kind = index === 0 ? 'th' : 'td'
      const align = aligns[column] ?? ''
      const token = state.push(`${kind}_open`, kind, 1)
      if (align !== '') token.attrSet('style', `text-align:${align}`)
      const inline = state.push('inline', '', 0)
      // A row that does not end keeps its rest in its last cell.
      inline.content = column === columns - 1 ? row.slice(column).join(' | ') : (row[column] ?? '')
      inline.children = []
      state.push(`${kind}_close`, kind, -1)
    }
    state.push('tr_close', 'tr', -1)
  }
  state.push('table_close', 'table', -1)
  state.line = line
  return true
}

/** At an empty line, at the end of what surrounds it, and where another block begins. */
function endsTable(state: StateBlock, line: number, endLine: number): boolean {
  if (state.isEmpty(line) || (state.sCount[line] ?? 0) < state.blkIndent || isDeeper(state, line)) return true
  return state.md.block.ruler.getRules('blockquote').some((rule) => rule(state, line, endLine, true))
}

/** So deep that it is code. */
function isDeeper({ sCount, blkIndent }: StateBlock, line: number): boolean {
  return (sCount[line] ?? 0) - blkIndent >= 4
}

function alignOf(delimiter: string): string {
  const [isLeft, isRight] = [delimiter.startsWith(':'), delimiter.endsWith(':')]
  return isRight ? (isLeft ? 'center' : 'right') : isLeft ? 'left' : ''
}

/** Cells part at bars; an escaped one, and one in code, is a bar. */
function splitRow(row: string): string[] {
  const cells: string[] = []
  let cell = ''
  for (let index = 0; index < row.length; index++) {
    const character = row.charAt(index)
    if (character === '\\' && row.charAt(index + 1) === '|') {
      cell += '|'
      index++
    } else if (character === '`') {
      const code = codeAt(row, index)
      cell += code.replaceAll('\\|', '|')
      index += code.length - 1
    } else if (character === '|') {
      cells.push(cell.trim())
      cell = ''
    } else cell += character
  }
  cells.push(cell.trim())
  if (cells.length > 1 && cells[0] === '') cells.shift()
  if (cells.length > 1 && cells.at(-1) === '') cells.pop()
  return cells
}

/** A span of code that begins here; the ticks alone where it does not end. */
function codeAt(row: string, start: number): string {
  const [ticks = ''] = /^`+/.exec(row.slice(start)) ?? []
  const end = row.indexOf(ticks, start + ticks.length)
  return end === -1 || row.charAt(end + ticks.length) === '`' ? ticks : row.slice(start, end + ticks.length)
}
