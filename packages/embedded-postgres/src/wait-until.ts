import { setTimeout as delay } from 'node:timers/promises'

/** Looks every 25 ms whether `condition` holds. @returns whether it did within `timeoutMs`. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await delay(25)
  }
  return true
}
