import type { Logger } from '@tellwire/observability'

export interface Repeating {
  /** Begins no further run and waits for the one that is on. */
  stop(): Promise<void>
}

export interface Hurried extends Repeating {
  /** Runs it now, or again right after the run that is on. */
  soon(): void
}

/** Runs `work` at once and then again and again, never twice at a time. A failed run is logged. */
export function every(intervalMs: number, ctx: { log: Logger }, name: string, work: () => Promise<void>): Hurried {
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  let isWantedAgain = false
  let isStopped = false

  const run = async (): Promise<void> => {
    isRunning = true
    isWantedAgain = false
    try {
      await work()
    } catch (error) {
      ctx.log.warn({ err: error }, `${name} failed`)
    }
    isRunning = false
    if (!isStopped) timer = setTimeout(again, isWantedAgain ? 0 : intervalMs)
  }
  let running = run()

  function again(): void {
    running = run()
  }

  return {
    soon() {
      isWantedAgain = true
      if (isRunning || isStopped) return
      clearTimeout(timer)
      again()
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
