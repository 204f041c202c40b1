/**
 * How many calls this process may have open. A call that begins must leave at once: what waits for a
 * connection inside the HTTP client would leave later, when its lane may long be another's.
 *
 * One lane has no more calls open than twice as many as are free. However many lanes have calls that hang, there are slots for
 * another; a lane alone has two thirds of all.
 */
export interface CallSlots {
  /**
   * @param openCalls how many the lane has open.
   * @returns false when there is none for it; then `whenFree` is called once there may be.
   */
  take(whenFree: () => void, openCalls: number): boolean
  giveBack(): void
  areTaken(): boolean
  /** Whether it still waits to be called. */
  isWaiting(whenFree: () => void): boolean
  /** It need not be called any more; whoever is next may be. */
  leave(whenFree: () => void): void
}

const ofFreeMax = 2

export function createCallSlots(count: number): CallSlots {
  let free = count
  /** Each with the calls that its lane had open. */
  const waiting = new Map<() => void, number>()
  const isForOneWith = (openCalls: number): boolean => openCalls < free * ofFreeMax
  const callNext = (): void => {
    for (const [next, openCalls] of waiting) {
      if (free === 0) return
      if (!isForOneWith(openCalls)) continue
      waiting.delete(next)
      next()
      return
    }
  }
  return {
    take(whenFree, openCalls) {
      if (!isForOneWith(openCalls)) {
        waiting.set(whenFree, openCalls)
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
