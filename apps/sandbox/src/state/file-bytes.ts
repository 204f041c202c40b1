import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is in the files that bots have sent. */
export interface FileBytes {
  put(id: string, bytes: Buffer): void
  has(id: string): boolean
  get(id: string): Buffer | undefined
}

export class MemoryBytes implements FileBytes {
  readonly #files = new Map<string, Buffer>()

  put(id: string, bytes: Buffer): void {
    this.#files.set(id, bytes)
  }

  has(id: string): boolean {
    return this.#files.has(id)
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

  has(id: string): boolean {
    return existsSync(join(this.#folder, id))
  }

  get(id: string): Buffer | undefined {
    return this.has(id) ? readFileSync(join(this.#folder, id)) : undefined
  }
}
