import { ConfigError } from './parse-env.js'
import { readSecretFiles } from './read-secrets.js'

/** Passwords that may stand apart from the address that they are for, as they are: nothing in them is escaped. */
const passwordsOf = {
  DATABASE_URL: 'DATABASE_PASSWORD',
  DATABASE_ENGINE_URL: 'DATABASE_ENGINE_PASSWORD',
  DATABASE_DIRECT_URL: 'DATABASE_DIRECT_PASSWORD',
  REDIS_URL: 'REDIS_PASSWORD',
} as const

/** Every variable that {@link readServiceEnv} puts into another one. */
export const passwordVariables: readonly string[] = Object.values(passwordsOf)

/** What every service takes that nobody else may read. */
const serviceSecrets = ['SECRET_KEY', 'FILES_S3_SECRET_ACCESS_KEY', ...Object.keys(passwordsOf), ...passwordVariables]

/**
 * The variables of a service: secrets are read from the files that `NAME_FILE` names, and passwords that stand apart are put into
 * the addresses that they belong to.
 * @param ownSecrets the names of secrets that this service takes besides those that all take.
 * @throws {ConfigError} it names variables and never a value.
 */
export function readServiceEnv(env: NodeJS.ProcessEnv, ownSecrets: readonly string[] = []): NodeJS.ProcessEnv {
  const read = readSecretFiles(env, [...serviceSecrets, ...ownSecrets])
  for (const [name, passwordName] of Object.entries(passwordsOf)) {
    const [address, password] = [read[name], read[passwordName]]
    if (address === undefined || address === '' || password === undefined || password === '') continue
    read[name] = insertPassword({ name, address, passwordName, password })
  }
  return read
}

function insertPassword(given: { name: string; address: string; passwordName: string; password: string }): string {
  // Of several hosts, which no URL has, the list stands aside meanwhile.
  const [, scheme = '', hosts = '', path = ''] = /^([\w+]+:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/.exec(given.address) ?? []
  const withOneHost = `${scheme}host${path}`
  const url = URL.canParse(withOneHost) ? new URL(withOneHost) : undefined
  if (!url || hosts === '')
    throw new ConfigError(`The configuration is not usable:\n  ${given.name} must be a URL with a host`)
  if (url.password !== '') {
    throw new ConfigError(
      `The configuration is not usable:\n  ${given.name} has a password, and ${given.passwordName} is set`,
    )
  }
  url.password = encodeURIComponent(given.password)
  return url.href.replace('@host', () => `@${hosts}`)
}
