import { Worker } from 'node:worker_threads'

const beatEveryMs = 250
const lookEveryMs = 500

/**
 * Ends the process when it does nothing for so long: whatever keeps it busy, nobody else is served meanwhile, and whoever
 * watches the process starts it again. A process that is stopped and goes on later is not taken for one that hangs.
 */
export function endWhenHanging(timeoutMs: number): void {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  setInterval(() => Atomics.add(beats, 0, 1), beatEveryMs).unref()
  const workerData = { beats, looksMax: Math.ceil(timeoutMs / lookEveryMs), lookEveryMs, timeoutMs }
  new Worker(new URL('./event-loop-watch.js', import.meta.url), { workerData, execArgv: [], env: {} }).unref()
}
