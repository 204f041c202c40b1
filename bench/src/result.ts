/** One line of the report. `ratio` and `ours` are what the goal is about. */
export interface Result {
  ours: number
  peer?: number
  ratio?: number
  goal: string
  unit: string
  /** What one round was made of: requests, deliveries, … */
  n: number
  rounds: number
  min: number
  max: number
  /** What else was seen, such as CPU of the databases. */
  notes?: Record<string, number | string>
}

export type Outcome = Result | { error: string }
export type Report = Map<string, Outcome>

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** @param share between 0 and 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** Ours against a peer's, round by round: the ratio of the medians, and the range of the rounds' ratios. */
export function compare(
  ours: readonly number[],
  peer: readonly number[],
  about: Pick<Result, 'goal' | 'unit' | 'n'> & { notes?: Record<string, number | string> },
): Result {
  const ratios = ours.map((value, round) => value / (peer[round] ?? NaN))
  return {
    ours: median(ours),
    peer: median(peer),
    ratio: median(ours) / median(peer),
    ...about,
    rounds: ours.length,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
  }
}

export function measure(
  values: readonly number[],
  about: Pick<Result, 'goal' | 'unit' | 'n'> & { notes?: Record<string, number | string>; value?: number },
): Result {
  const { value, ...rest } = about
  return {
    ours: value ?? median(values),
    ...rest,
    rounds: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  }
}
