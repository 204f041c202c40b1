import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is in the files that bots have sent. */
export interface FileBytes {
  put(id: string, bytes: Buffer): void
  get(id: string): Buffer | undefined
}

export class MemoryBytes implements FileBytes {
  readonly #files = new Map<string, Buffer>()

  put(id: string, bytes: Buffer): void {
    this.#files.set(id, bytes)
  }

  get(id: string): Buffer | undefined {
    return this.#files.get(id)
  }
}

export class FolderBytes implements FileBytes {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  put(id: string, bytes: Buffer): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(this.#folder, id), bytes, { mode: 0o600 })
  }

  get(id: string): Buffer | undefined {
    const path = join(this.#folder, id)
    return existsSync(path) ? readFileSync(path) : undefined
  }
}
