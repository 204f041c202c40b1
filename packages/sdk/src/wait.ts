import { TimeoutError } from './errors.js'
import type { RequestOptions } from './transport.js'

export interface WaitOptions extends Omit<RequestOptions, 'timeoutMs' | 'idempotencyKey'> {
  /** How long to wait at most, in milliseconds. An hour without it. */
  timeoutMs?: number
}

/** The service waits for so long at a time. */
const waitSeconds = 30
/** So much longer an answer may take, however short the client waits for others. */
const answerMs = 15_000

/**
 * Looks at something until it is done.
 * @param look looks at it, and waits for it for so many seconds.
 * @throws {TimeoutError} where that takes too long.
 */
export async function waitUntil<View>(
  look: (query: { wait: number }, options: RequestOptions) => PromiseLike<View>,
  isDone: (view: View) => boolean,
  { timeoutMs = 3_600_000, ...options }: WaitOptions = {},
): Promise<View> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const leftSeconds = Math.ceil(Math.max(0, deadline - Date.now()) / 1_000)
    const wait = Math.min(waitSeconds, leftSeconds)
    const view = await look({ wait }, { ...options, timeoutMs: wait * 1_000 + answerMs })
    if (isDone(view)) return view
    if (Date.now() >= deadline) throw new TimeoutError(`It was not done within ${timeoutMs} ms`)
  }
}
