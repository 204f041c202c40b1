import { setTimeout as delay } from 'node:timers/promises'

const intervalMs = 200

/**
 * Asks `read` again and again until `isDone` holds, the time is over or the caller is gone.
 * @returns what was read last.
 */
export async function waitFor<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  options: { seconds: number; signal: () => AbortSignal },
): Promise<T> {
  const deadline = performance.now() + options.seconds * 1_000
  let value = await read()
  if (options.seconds === 0 || isDone(value)) return value
  const signal = options.signal()
  while (!isDone(value) && performance.now() < deadline && !signal.aborted) {
    await delay(Math.max(0, Math.min(intervalMs, deadline - performance.now())))
    value = await read()
  }
  return value
}
