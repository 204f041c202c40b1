import type { Readable } from 'node:stream'

/**
 * Where the bytes of uploaded files are. A key is made of letters, digits, `-` and `/`, and stands for one
 * content for ever.
 */
export interface FileStore {
  /** When it returns, the whole file is stored; when it throws, nothing is. Writing a key again changes nothing. */
  write(key: string, content: Readable): Promise<void>
  has(key: string): Promise<boolean>
  /** @throws where there is no such file. */
  open(key: string): Promise<Readable>
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>
  close(): void
}
