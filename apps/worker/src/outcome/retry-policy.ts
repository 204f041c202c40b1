const firstDelayMs = 1_000
const delayMaxMs = 300_000

/** How long a delivery is tried again before it fails. */
export const retryForMs = 24 * 60 * 60 * 1_000
/** What has waited for so long before it was tried at all is tried so often all the same. */
const attemptsMin = 10

/** Whether a delivery that did not succeed now was tried for long enough. */
export function isGivenUp({ ageMs, attempts }: { ageMs: number; attempts: number }): boolean {
  return ageMs > retryForMs && attempts >= attemptsMin
}

/**
 * Exponential backoff with full jitter: anything up to a second before the second attempt, up to two
 * before the third, and so on, never more than five minutes.
 * @param attempts how many were made already.
 */
export function retryDelayMs(attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(delayMaxMs, firstDelayMs * 2 ** Math.min(attempts, 20))
  return Math.round(ceiling * random())
}
