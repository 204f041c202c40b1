import { readFile, rename, writeFile } from 'node:fs/promises'

/** A text that survives the program. */
export interface TextFile {
  load(): Promise<string | undefined>
  save(text: string): Promise<void>
}

export function textFile(path: string): TextFile {
  return {
    load: () => readFile(path, 'utf8').catch(() => undefined),
    async save(text) {
      // Whole or not at all, whenever the program ends.
      await writeFile(`${path}.new`, text)
      await rename(`${path}.new`, path)
    },
  }
}
