import { isWithin } from '@tellwire/domain'
import { ApiError } from '../errors.js'

/** What a key can do: a list of networks that is empty is all of them. */
export interface KeyPower {
  scopes: readonly string[]
  networks: readonly string[]
  expiresAt: Date | null
}

/** Makes sure that nobody gets hold of a key that can do more than the own one. @throws `insufficient_scope` */
export function assertNotMore({ key }: { key: KeyPower }, wanted: KeyPower): void {
  const beyond = wanted.scopes.find((scope) => !key.scopes.includes(scope))
  if (beyond !== undefined) throw refused(`has not the scope ${beyond}`)
  const isAnywhere = wanted.networks.length === 0
  if (key.networks.length > 0 && (isAnywhere || !wanted.networks.every((each) => isWithin(each, key.networks)))) {
    throw refused(`may only come from ${key.networks.join(', ')}`)
  }
  if (key.expiresAt && (wanted.expiresAt === null || wanted.expiresAt > key.expiresAt)) {
    throw refused(`ends at ${key.expiresAt.toISOString()}`)
  }
}

function refused(why: string): ApiError {
  return new ApiError('insufficient_scope', `A key makes none that can do more than itself, and this one ${why}.`)
}
