import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { FolderBytes } from './file-bytes.js'
import { type Snapshot, World } from './world.js'

const saveAfterMs = 1_000

export interface Persistence {
  world: World
  /** Writes what has not been written. */
  flush(): void
}

/** A world that is kept in a file: written within a second of a change, and at the end. */
export function openWorld(file: string | undefined): Persistence {
  if (file === undefined) return { world: new World(), flush: () => undefined }
  const world = new World(readSnapshot(file))
  world.bytes = new FolderBytes(`${file}.files`)

  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    // A crash while writing leaves the file of before.
    writeFileSync(`${file}.new`, JSON.stringify(world.snapshot()), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  world.onChange = () => {
    timer ??= setTimeout(flush, saveAfterMs)
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
