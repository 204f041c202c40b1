/** The most moments in any window [t, t + windowMs). */
export function mostInWindow(timesMs: number[], windowMs: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [last, atMs] of sorted.entries()) {
    while (atMs - (sorted[first] ?? atMs) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
