import { setTimeout as delay } from 'node:timers/promises'

/** Waits until `read` returns something that `isDone` accepts, and returns it. The limit is generous: machines are shared. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  isDone: (value: T) => boolean = Boolean,
  timeoutMs = 150_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await read()
    if (isDone(value)) return value
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(value)?.slice(0, 2_000)}`)
    await delay(50)
  }
}
