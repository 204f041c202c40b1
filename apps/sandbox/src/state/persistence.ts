import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { FolderBytes } from './file-bytes.js'
import { type Snapshot, World } from './world.js'

const saveAfterMs = 1_000
/** A large world takes long to be written, and nothing else happens meanwhile: no more than a part of the time. */
const pausePerWriting = 20

export interface Persistence {
  world: World
  /** Writes what has not been written. */
  flush(): void
}

/** A world that is kept in a file: written within a second of a change, later where it is large, and at the end. */
export function openWorld(file: string | undefined): Persistence {
  if (file === undefined) return { world: new World(), flush: () => undefined }
  const world = new World(readSnapshot(file))
  world.bytes = new FolderBytes(`${file}.files`)

  let timer: NodeJS.Timeout | undefined
  let pauseMs = saveAfterMs
  const flush = (): void => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    const beganMs = performance.now()
    // A crash while writing leaves the file of before.
    writeFileSync(`${file}.new`, JSON.stringify(world.snapshot()), { mode: 0o600 })
    renameSync(`${file}.new`, file)
    pauseMs = Math.max(saveAfterMs, (performance.now() - beganMs) * pausePerWriting)
  }
  const save = (): void => {
    try {
      flush()
    } catch (error) {
      // A full disk, or a world that is too large for one text: it goes on in memory.
      process.stderr.write(`${file} could not be written: ${String(error)}\n`)
      timer = setTimeout(save, pauseMs)
    }
  }
  world.onChange = () => {
    timer ??= setTimeout(save, pauseMs)
  }
  return { world, flush }
}

function readSnapshot(file: string): Snapshot | undefined {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Snapshot
  } catch (cause) {
    throw new Error(`${file} is broken: delete it to start with an empty sandbox.`, { cause })
  }
}
