// The inside of a thread that watches the one of the process. It counts its own looks and not the time, which also passes
// while the process is stopped.
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

interface Watched {
  beats: Int32Array
  looksMax: number
  lookEveryMs: number
  timeoutMs: number
}

// As `endWhenHanging` hands it over.
const { beats, looksMax, lookEveryMs, timeoutMs } = workerData as Watched
let seen = -1
let looksWithoutBeat = 0

setInterval(() => {
  const now = Atomics.load(beats, 0)
  looksWithoutBeat = now === seen ? looksWithoutBeat + 1 : 0
  seen = now
  if (looksWithoutBeat < looksMax) return
  try {
    writeSync(2, `{"level":"fatal","msg":"the process did nothing for ${timeoutMs} ms and was ended"}\n`)
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
}, lookEveryMs)
