import type { Token } from 'markdown-it'
import stringWidth from 'string-width'
import type { EntityType, FormattedText } from '../formatted-text.js'
import { alignOf } from './inline-tokens.js'
import { renderInline } from './render-inline.js'
import { type Rendering, startRendering, warn } from './rendering.js'

const richTypes = new Set<EntityType>(['text_link', 'spoiler', 'custom_emoji', 'date_time'])

interface Cell extends FormattedText {
  width: number
  align: 'left' | 'center' | 'right'
}

/** A table as aligned monospaced text; one that is too wide for a phone as a list of its rows. */
export function renderTable(rendering: Rendering, tokens: readonly Token[]): void {
  const [head = [], ...body] = readRows(rendering, tokens)
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.width ?? 0)))
  const width = widths.reduce((sum, columnWidth) => sum + columnWidth + 3, -3)
  const { out } = rendering
  out.separate(2)
  const cells = [head, ...body].flat()
  // Monospaced text holds no links and hides nothing.
  const needsEntities = cells.some(({ entities }) => entities.some(({ type }) => richTypes.has(type)))
  if (width <= rendering.tableWidthMax && !needsEntities) {
    writeAligned(rendering, [head, ...body], widths)
  } else {
    const why = needsEntities ? 'has links or secrets' : 'is too wide for a phone'
    warn(rendering.warnings, 'table_as_list', `A table ${why} and is shown as a list`)
    writeList(rendering, head, body)
  }
  out.separate(2)
}

function readRows(rendering: Rendering, tokens: readonly Token[]): Cell[][] {
  const rows: Cell[][] = []
  let align: Cell['align'] = 'left'
  for (const token of tokens) {
    if (token.type === 'tr_open') rows.push([])
    else if (token.type === 'th_open' || token.type === 'td_open') align = alignOf(token) ?? 'left'
    else if (token.type === 'inline') rows.at(-1)?.push(readCell(rendering, token, align))
  }
  return rows
}

function readCell({ warnings, tableWidthMax }: Rendering, { children }: Token, align: Cell['align']): Cell {
  const cell = { ...startRendering(tableWidthMax), warnings }
  renderInline(cell, children ?? [])
  const rendered = cell.out.finish()
  return { ...rendered, width: Math.max(...rendered.text.split('\n').map(columnsOf)), align }
}

function columnsOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text)
}

function writeAligned({ out }: Rendering, rows: readonly Cell[][], widths: readonly number[]): void {
  const { indent } = out
  const [head = [], ...body] = rows.map((row) => writeRow(row, widths))
  const lines = [...head, widths.map((width) => '─'.repeat(width)).join('─┼─'), ...body.flat()]
  out.open('pre')
  out.indent = ''
  out.write(lines.join('\n'))
  out.indent = indent
  out.close('pre')
}

/** As many lines as the cell with the most of them has. */
function writeRow(row: readonly Cell[], widths: readonly number[]): string[] {
  const cells = row.map(({ text, align }) => ({ parts: text.split('\n'), align }))
  const height = Math.max(1, ...cells.map(({ parts }) => parts.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map(({ parts, align }, column) => pad(parts[line] ?? '', align, widths[column] ?? 0))
      .join(' │ ')
      .trimEnd(),
  )
}

function pad(text: string, align: Cell['align'], columnWidth: number): string {
  const missing = columnWidth - columnsOf(text)
  const before = align === 'right' ? missing : align === 'center' ? Math.floor(missing / 2) : 0
  return ' '.repeat(before) + text + ' '.repeat(missing - before)
}

/** The names of the columns first, then each row: its first cell names it, the others follow with their column's. */
function writeList({ out }: Rendering, head: readonly Cell[], body: readonly Cell[][]): void {
  const { indent } = out
  const names = head.filter((cell) => cell.text !== '')
  out.open('bold')
  for (const [index, name] of names.entries()) {
    if (index > 0) out.write(' │ ')
    out.append(name)
  }
  out.close('bold')
  for (const row of body) {
    out.separate(1)
    out.startItem('• ', indent)
    const [first, ...others] = row
    if (first && first.text !== '') {
      out.open('bold')
      out.append(first)
      out.close('bold')
    }
    for (const [index, cell] of others.entries()) {
      if (cell.text === '') continue
      const name = head[index + 1]
      out.separate(1)
      if (name && name.text !== '') {
        out.append(name)
        out.write(': ')
      }
      out.append(cell)
    }
    out.endItem(indent)
  }
}
