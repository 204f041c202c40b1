/** Lets one waiter sleep until something happens or a time is over. A signal that fires while nobody waits is not lost. */
export interface Signal {
  fire(): void
  wait(timeoutMs: number): Promise<void>
}

export function createSignal(): Signal {
  let wake: (() => void) | undefined
  let isMissed = false
  return {
    fire() {
      if (wake) wake()
      else isMissed = true
    },
    wait(timeoutMs) {
      if (isMissed || timeoutMs <= 0) {
        isMissed = false
        return new Promise((resolve) => setImmediate(resolve))
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => wake?.(), timeoutMs)
        wake = () => {
          clearTimeout(timer)
          wake = undefined
          resolve()
        }
      })
    },
  }
}
