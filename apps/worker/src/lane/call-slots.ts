/**
 * How many calls this process may have open. A call that begins must leave at once: what waits for a
 * connection inside the HTTP client would leave later, when its lane may long be another's.
 */
export interface CallSlots {
  /** @returns false when none is free; then `whenFree` is called once one may be. */
  take(whenFree: () => void): boolean
  giveBack(): void
  areTaken(): boolean
  /** Whether it still waits to be called. */
  isWaiting(whenFree: () => void): boolean
  /** It need not be called any more; whoever is next may be. */
  leave(whenFree: () => void): void
}

export function createCallSlots(count: number): CallSlots {
  let free = count
  const waiting = new Set<() => void>()
  const callNext = (): void => {
    const [next] = waiting
    if (!next || free === 0) return
    waiting.delete(next)
    next()
  }
  return {
    take(whenFree) {
      if (free === 0) {
        waiting.add(whenFree)
        return false
      }
      free--
      return true
    },
    giveBack() {
      free++
      callNext()
    },
    areTaken: () => free === 0,
    isWaiting: (whenFree) => waiting.has(whenFree),
    leave(whenFree) {
      waiting.delete(whenFree)
      callNext()
    },
  }
}
