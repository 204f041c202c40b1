import { median, type Outcome } from '../result.js'

/** The reports of one round, by key. */
export interface Round {
  earlier: Record<string, Outcome>
  now: Record<string, Outcome>
}

/** What one key came to, in the unit that its benchmark tells. */
export interface Comparison {
  unit: string
  /** Round by round. */
  earlier: number[]
  now: number[]
  /** How much more or less it is now, in percent of the earlier one's median. */
  changePercent: number
  /** Whether it is more, or less, in every round. */
  isAlike: boolean
}

/** Compares what both checkouts have measured in every round. */
export function compareRounds(rounds: readonly Round[]): Record<string, Comparison> {
  const compared: Record<string, Comparison> = {}
  for (const key of Object.keys(rounds[0]?.now ?? {})) {
    const pairs = rounds.map(({ earlier, now }) => [earlier[key], now[key]] as const)
    const values = pairs.flatMap(([earlier, now]) =>
      earlier && now && 'ours' in earlier && 'ours' in now ? [{ earlier, now }] : [],
    )
    const [first] = values
    if (!first || values.length < rounds.length) continue
    const earlier = values.map((pair) => pair.earlier.ours)
    const now = values.map((pair) => pair.now.ours)
    const signs = new Set(values.map((pair) => Math.sign(pair.now.ours - pair.earlier.ours)))
    compared[key] = {
      unit: first.now.unit,
      earlier,
      now,
      changePercent: (median(now) / median(earlier) - 1) * 100,
      isAlike: signs.size === 1,
    }
  }
  return compared
}

/** The comparison as a table in Markdown. */
export function showComparison(comparison: Record<string, Comparison>, commit: string): string {
  const rows = Object.entries(comparison).map(([key, { unit, earlier, now, changePercent, isAlike }]) => {
    const change = `${changePercent > 0 ? '+' : ''}${changePercent.toFixed(1)} %`
    return `| \`${key}\` | ${show(earlier)} | ${show(now)} | ${change} | ${isAlike ? 'yes' : 'no'} | ${unit} |`
  })
  return [`| key | ${commit} | now | change | in every round | unit |`, '|---|---|---|---|---|---|', ...rows].join('\n')
}

function show(values: readonly number[]): string {
  return values.map((value) => String(Number(value.toPrecision(4)))).join(', ')
}
