import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FileStore } from './file-store.js'

/** Files in a folder, which every process that reads or writes them must share. */
export function createDiskStore(folder: string): FileStore {
  return {
    async write(key, content) {
      const path = join(folder, key)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      // A file that is there is whole: it gets its name when it is.
      const unfinished = `${path}.${randomUUID()}`
      try {
        await pipeline(content, createWriteStream(unfinished, { mode: 0o600, flush: true }))
        await rename(unfinished, path)
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
    },
    has: (key) =>
      access(join(folder, key)).then(
        () => true,
        () => false,
      ),
    async open(key) {
      const handle = await open(join(folder, key))
      return handle.createReadStream()
    },
    remove: (key) => rm(join(folder, key), { force: true }),
    close: () => undefined,
  }
}
