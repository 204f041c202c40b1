/** Counts what happened within the last `windowMs`. */
export interface SlidingWindow {
  add(atMs: number): void
  count(atMs: number): number
}

export function createSlidingWindow(windowMs: number): SlidingWindow {
  let times: number[] = []
  let first = 0
  return {
    add: (atMs) => void times.push(atMs),
    count(atMs) {
      while (first < times.length && atMs - (times[first] ?? 0) >= windowMs) first++
      if (first > 1_000 && first * 2 > times.length) {
        times = times.slice(first)
        first = 0
      }
      return times.length - first
    },
  }
}

/** The most that any window [t, t + windowMs) holds. */
export function mostInWindow(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  let most = 0
  let first = 0
  for (const [last, time] of sorted.entries()) {
    while (time - (sorted[first] ?? 0) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
