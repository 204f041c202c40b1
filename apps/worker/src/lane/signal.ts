/** Lets one waiter sleep until something happens or a time is over. */
export interface Signal {
  fire(): void
  wait(timeoutMs: number): Promise<void>
}

export function createSignal(): Signal {
  let wake: (() => void) | undefined
  return {
    fire: () => wake?.(),
    wait: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake?.(), Math.max(0, timeoutMs))
        wake = () => {
          clearTimeout(timer)
          wake = undefined
          resolve()
        }
      }),
  }
}
