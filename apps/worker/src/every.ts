import type { Logger } from '@tellwire/observability'

export interface Repeating {
  /** Begins no further run and waits for the one that is on. */
  stop(): Promise<void>
}

/** Runs `work` at once and then again and again, never twice at a time. A failed run is logged. */
export function every(intervalMs: number, ctx: { log: Logger }, name: string, work: () => Promise<void>): Repeating {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const run = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      ctx.log.warn({ err: error }, `${name} failed`)
    }
    if (!isStopped) timer = setTimeout(again, intervalMs)
  }
  let running = run()

  function again(): void {
    running = run()
  }

  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
