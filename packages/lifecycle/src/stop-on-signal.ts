import type { Logger } from '@tellwire/observability'

const stopMaxMs = 20_000

/**
 * Ends the process in order when it is asked to: on SIGTERM, on SIGINT, and when a parent that started it
 * with an IPC channel is gone. What has not stopped after 20 seconds is left, and the process ends with 1.
 */
export function stopOnSignal(log: Logger, stop: () => Promise<void>): void {
  let isStopping = false
  const stopOnce = (): void => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => {
      log.error('did not stop in time')
      process.exit(1)
    }, stopMaxMs).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stopOnce)
  process.on('SIGINT', stopOnce)
  process.once('disconnect', stopOnce)
}

/** Tells a parent that started this process with an IPC channel that it is at work. */
export function announceReady(facts: { port?: number } = {}): void {
  process.send?.({ type: 'ready', ...facts })
}
