/**
 * Slows claims down that cost much for what they find. That is so where somebody holds an old snapshot (a dump, an idle
 * transaction): what was sent since then cannot be cleared away, and each claim walks over it. Claims that come less
 * often find more each.
 */
export interface ClaimPace {
  record(tookMs: number, found: number): void
  /** For how long the next claim is to wait, in milliseconds. */
  pauseMs(): number
}

/**
 * A claim that takes less costs little, whatever it finds. Claims that take so many times as long get that part of the
 * process's time: where a machine is merely busy, and each takes twice as long as usual, nobody waits long.
 */
const cheapMs = 15
/** As much may be spent on a delivery. */
const worthMs = 0.3
/** Nobody waits longer than that for it. */
const pauseMsMax = 150
/** A single slow claim is no sign of anything. */
const weight = 0.1

export function createClaimPace(): ClaimPace {
  let [tookMs, found] = [0, 0]
  return {
    record(took, count) {
      tookMs += (took - tookMs) * weight
      found += (count - found) * weight
    },
    pauseMs() {
      const isDear = tookMs > cheapMs && tookMs > worthMs * found
      return isDear ? Math.min(pauseMsMax, tookMs * (tookMs / cheapMs - 1)) : 0
    },
  }
}
