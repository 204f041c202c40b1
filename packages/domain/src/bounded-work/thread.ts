// The inside of a thread: does one task after the other, and tells how it went.
import { parentPort } from 'node:worker_threads'
import { describeError } from './errors.js'
import { type TaskName, tasks } from './tasks.js'

const port = parentPort
if (!port) throw new Error('this file is for threads')

port.on('message', ({ name, input }: { name: TaskName; input: unknown }) => {
  try {
    // The type of the input goes with the name.
    port.postMessage({ result: tasks[name](input as never) })
  } catch (error) {
    port.postMessage({ error: describeError(error) })
  }
})
port.postMessage({ isReady: true })
