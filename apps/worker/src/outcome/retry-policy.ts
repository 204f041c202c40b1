const firstDelayMs = 1_000
const delayMaxMs = 300_000

/** How long a delivery is tried again before it fails: a day after it was accepted. */
export const retryForMs = 24 * 60 * 60 * 1_000

/**
 * Exponential backoff with full jitter: anything up to a second before the second attempt, up to two
 * before the third, and so on, never more than five minutes.
 * @param attempts how many were made already.
 */
export function retryDelayMs(attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(delayMaxMs, firstDelayMs * 2 ** Math.min(attempts, 20))
  return Math.round(ceiling * random())
}
