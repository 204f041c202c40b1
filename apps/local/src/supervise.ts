import { setTimeout as delay } from 'node:timers/promises'
import type { Child } from './child-process.js'

const restartAfterMs = 250
/** One that ends more often than this in a minute will not get anywhere. */
const restartsMax = 10
const restartsWithinMs = 60_000

/**
 * Keeps a program running: one that was at work and ended by itself is started again. `ended` resolves when it was stopped,
 * never was at work, or ends again and again.
 */
export function supervise(start: () => Child, onRestart: (child: Child) => void): Child {
  const first = start()
  let current = first
  let isStopping = false
  const restartedAtMs: number[] = []

  const mayRestart = (): boolean => {
    const nowMs = performance.now()
    restartedAtMs.push(nowMs)
    return !isStopping && restartedAtMs.filter((atMs) => nowMs - atMs < restartsWithinMs).length <= restartsMax
  }
  const follow = async (): Promise<void> => {
    const wasReady = await first.ready.then(
      () => true,
      () => false,
    )
    await current.ended
    while (wasReady && mayRestart()) {
      await delay(restartAfterMs)
      if (isStopping) return
      current = start()
      onRestart(current)
      await current.ended
    }
  }

  return {
    name: first.name,
    get pid() {
      return current.pid
    },
    ready: first.ready,
    ended: follow(),
    async stop() {
      isStopping = true
      await current.stop()
    },
  }
}
