import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CursorStore } from '../listen.js'
import type { StateStore } from '../state-store.js'

/** Keeps in a file how far events were handled. */
export function fileCursor(file: string): CursorStore {
  return { load: () => read(file), save: (cursor) => write(file, cursor) }
}

/** Keeps the state of each chat in a file of a folder, which one program uses at a time. */
export function fileStore<State>(folder: string): StateStore<State> {
  const fileOf = (key: string): string => join(folder, `${encodeURIComponent(key)}.json`)
  const load = async (key: string): Promise<State | undefined> => {
    const text = await read(fileOf(key))
    return text === undefined ? undefined : (JSON.parse(text) as State)
  }
  return {
    load,
    save: (key, state) => write(fileOf(key), JSON.stringify(state)),
    remove: (key) => rm(fileOf(key), { force: true }),
    async list() {
      const names = await readdir(folder).catch(unlessMissing)
      const keys = (names ?? [])
        .filter((name) => name.endsWith('.json'))
        .map((name) => decodeURIComponent(name.slice(0, -5)))
      const states = await Promise.all(keys.map(async (key) => [key, await load(key)] as const))
      return states.flatMap(([key, state]): [string, State][] => (state === undefined ? [] : [[key, state]]))
    },
  }
}

/** It is there as a whole or not at all, whenever the program ends. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(unlessMissing)
}

function unlessMissing(error: unknown): undefined {
  if ((error as { code?: string }).code === 'ENOENT') return undefined
  throw error
}
