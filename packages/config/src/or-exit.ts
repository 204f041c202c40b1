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

/** Ends the process with 1, after telling why in a sentence. */
export function endWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
