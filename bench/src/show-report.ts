import type { Outcome, Report } from './result.js'

/** The report as a table in Markdown. */
export function showReport(report: Report, meta: object): string {
  const rows = [...report].map(([key, outcome]) => `| \`${key}\` | ${cells(outcome).join(' | ')} |`)
  return [
    '| key | ours | peer | result | goal | unit | n | rounds | range | notes |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    JSON.stringify(meta),
  ].join('\n')
}

function cells(outcome: Outcome): string[] {
  if ('error' in outcome) return [`error: ${outcome.error}`, '', '', '', '', '', '', '', '']
  const { ours, peer, ratio, goal, unit, n, rounds, min, max, notes } = outcome
  return [
    show(ours),
    peer === undefined ? '' : show(peer),
    show(ratio ?? ours),
    goal,
    unit,
    String(n),
    String(rounds),
    rounds > 1 ? `${show(min)} to ${show(max)}` : '',
    Object.entries(notes ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join('; '),
  ]
}

function show(value: number): string {
  if (Math.abs(value) >= 100) return String(Math.round(value))
  return String(Math.round(value * 1_000) / 1_000)
}
