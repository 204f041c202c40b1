import colors from 'picocolors'

/** Where a command writes. With `--json` it writes JSON and nothing else: a line for each thing. */
export interface Output {
  isJson: boolean
  colors: ReturnType<typeof colors.createColors>
  /** A result, as JSON or as the lines that a person reads. */
  result(value: unknown, lines: () => string | readonly string[]): void
  /** Something that happens meanwhile, which is no result. */
  note(text: string): void
  /** Results as a table. */
  table(rows: readonly Record<string, unknown>[], columns: Record<string, (row: never) => unknown>): void
}

interface Streams {
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
  isColoured: boolean
  isJson: boolean
}

export function createOutput({ stdout, stderr, isColoured, isJson }: Streams): Output {
  const paint = colors.createColors(isColoured && !isJson)
  return {
    isJson,
    colors: paint,
    result(value, lines) {
      const text = isJson ? JSON.stringify(value) : [lines()].flat().join('\n')
      stdout.write(`${text}\n`)
    },
    note(text) {
      if (!isJson) stderr.write(`${text}\n`)
    },
    table(rows, columns) {
      if (isJson) {
        for (const row of rows) stdout.write(`${JSON.stringify(row)}\n`)
        return
      }
      const names = Object.keys(columns)
      const cells = rows.map((row) => names.map((name) => showCell(columns[name]?.(row as never))))
      const widths = names.map((name, index) => Math.max(name.length, ...cells.map((cell) => cell[index]?.length ?? 0)))
      const line = (cell: readonly string[]): string =>
        cell
          .map((text, index) => text.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()
      stdout.write(`${[paint.dim(line(names)), ...cells.map(line)].join('\n')}\n`)
    },
  }
}

/** Whatever somebody wrote, nothing of it moves the cursor. */
function showCell(value: unknown): string {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '–' : JSON.stringify(value)
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}
