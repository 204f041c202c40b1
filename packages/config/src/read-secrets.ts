import { readFileSync } from 'node:fs'
import { ConfigError } from './parse-env.js'

/**
 * Reads variables of which the value stands in a file: `NAME_FILE` names the file of `NAME`, as container platforms hand secrets
 * over. White space at its ends counts for nothing.
 * @throws {ConfigError} where both are set, or the file cannot be read; it names variables and never a value.
 */
export function readSecretFiles(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const read: NodeJS.ProcessEnv = { ...env }
  for (const name of names) {
    const file = env[`${name}_FILE`]
    if (file === undefined || file === '') continue
    if (env[name] !== undefined && env[name] !== '') {
      throw new ConfigError(`The configuration is not usable:\n  ${name} and ${name}_FILE are both set`)
    }
    read[name] = readSecretFile(`${name}_FILE`, file)
  }
  return read
}

function readSecretFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new ConfigError(`The configuration is not usable:\n  ${variable} names a file that cannot be read (${code})`)
  }
}
