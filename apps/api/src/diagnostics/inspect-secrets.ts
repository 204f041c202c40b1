import type { Database } from '@tellwire/db'
import { countFormerlySealed, findKeyWeaknesses, type Sealer } from '@tellwire/domain'
import type { ApiConfig } from '../config.js'
import { type Found, ok, warning } from './check.js'

const passwordLengthMin = 16

/** Looks at what can be guessed, and at what a key is left for that should go. */
export async function inspectSecrets(db: Database, sealer: Sealer, config: ApiConfig): Promise<Found> {
  const weak = findWeakSecrets(config)
  if (weak.length > 0) {
    return warning(`can be guessed: ${weak.join(', ')}`, 'Use random ones: `openssl rand -base64 32` makes one.')
  }
  const left = await countFormerlySealed(db, sealer)
  return left === 0
    ? ok('all are sealed with the first key of SECRET_KEY')
    : warning(
        `${left} are sealed with another key than the first of SECRET_KEY`,
        'Run node apps/api/dist/rotate-secrets.js, and keep the other key in SECRET_KEY until then.',
      )
}

/** @returns what is weak, and no secret. */
export function findWeakSecrets(
  config: Pick<ApiConfig, 'SECRET_KEY' | 'DATABASE_URL' | 'DATABASE_ENGINE_URL' | 'REDIS_URL'>,
): string[] {
  const { DATABASE_URL: tenants, DATABASE_ENGINE_URL: engine, REDIS_URL: redis } = config
  const passwords = Object.entries({ DATABASE_URL: tenants, DATABASE_ENGINE_URL: engine, REDIS_URL: redis }).flatMap(
    ([name, url]) => (url === undefined ? [] : [{ name, password: passwordOf(url) }]),
  )
  const short = passwords.flatMap(({ name, password }) =>
    password !== '' && password.length < passwordLengthMin ? [`the password of ${name} (short)`] : [],
  )
  const given = passwords.filter(({ password }) => password !== '')
  const isShared = new Set(given.map(({ password }) => password)).size < given.length
  return [
    ...findKeyWeaknesses(config.SECRET_KEY).map(({ place, weakness }) => `key ${place} of SECRET_KEY (${weakness})`),
    ...short,
    ...(isShared ? ['one password for several roles'] : []),
  ]
}

/** The forms of an address of Redis have several hosts, which no URL has. */
function passwordOf(url: string): string {
  const [, , password = ''] = /^[\w+]+:\/\/([^:@/]*)(?::([^@/]*))?@/.exec(url) ?? []
  return decodeURIComponent(password)
}
