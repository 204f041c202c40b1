import { ConfigError } from './parse-env.js'

/** Returns what `read` returns. A configuration that is not usable is told in words, and the process ends with 1. */
export function orExit<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    endWith(error.message)
  }
}

/** Returns what `work` resolves with. An error of the `known` class is told in its words, and the process ends with 1. */
export async function orEnd<T>(work: Promise<T>, known: abstract new (...args: never[]) => Error): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof known)) throw error
    endWith(error.message)
  }
}

/** Ends the process with 1, after telling why in a sentence. */
export function endWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
