/**
 * Runs a step again and again: soon after it was woken, once for any number of wake-ups, and at the latest at the time
 * that the step has asked for.
 */
export interface Stepper {
  wake(): void
  /** @param atMs on this process's monotonic clock. */
  wakeAt(atMs: number): void
  /** Runs it no more. */
  stop(): void
}

/** A timer that goes off a little early costs a look; one that is set anew after each step would cost more. */
const earlyMsMax = 100

export function createStepper(step: () => void): Stepper {
  let isStopped = false
  let isWoken = false
  let timer: NodeJS.Timeout | undefined
  let timerAtMs = Infinity

  const run = (): void => {
    isWoken = false
    if (!isStopped) step()
  }
  const wake = (): void => {
    if (isWoken || isStopped) return
    isWoken = true
    setImmediate(run)
  }
  const setTimer = (atMs: number): void => {
    clearTimeout(timer)
    timerAtMs = atMs
    timer = setTimeout(
      () => {
        timer = undefined
        timerAtMs = Infinity
        wake()
      },
      Math.max(1, atMs - performance.now()),
    )
  }

  return {
    wake,
    wakeAt(atMs) {
      if (isStopped || atMs === Infinity) return
      if (timerAtMs > atMs || timerAtMs < atMs - earlyMsMax) setTimer(atMs)
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
