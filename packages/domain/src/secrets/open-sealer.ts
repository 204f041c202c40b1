import type { Transaction } from '@tellwire/db'
import { keyId } from './keyring.js'
import { findKeyWeakness, readSecretKeys, SecretKeyError } from './read-secret-keys.js'
import { createSealer, lastingKeyOf, type SealedPlace, type Sealer } from './sealer.js'

/**
 * Makes the sealer of an installation, with the lasting keys that are stored. The one that follows from the first of its
 * keys is stored, where it was not.
 * @throws {SecretKeyError} where the keys are malformed or weak, or are not those of this database.
 */
export async function openSealer(db: Transaction, secretKeys: string): Promise<Sealer> {
  const [first] = readSecretKeys(secretKeys)
  const weakness = findKeyWeakness(secretKeys)
  if (weakness !== undefined) {
    throw new SecretKeyError(
      `SECRET_KEY is too weak: it ${weakness}. Make one with \`openssl rand -base64 32\`; where bots are registered already, put it in front of the weak one, with a comma between.`,
    )
  }
  const sealer = createSealer(secretKeys)
  const stored = (await db.lastingKey.findMany()).map(({ id, sealed }) => unsealLastingKey(sealer, id, sealed))
  if (first) await storeLastingKey(db, sealer, lastingKeyOf(first))
  return createSealer(secretKeys, stored)
}

async function storeLastingKey(db: Transaction, sealer: Sealer, key: Buffer): Promise<void> {
  const id = keyId(key).toString('hex')
  const sealed = sealer.seal(lastingKeyPlace(id), key.toString('base64'))
  await db.lastingKey.createMany({ data: [{ id, sealed: new Uint8Array(sealed) }], skipDuplicates: true })
}

function unsealLastingKey(sealer: Sealer, id: string, sealed: Uint8Array): Buffer {
  try {
    return Buffer.from(sealer.unseal(lastingKeyPlace(id), sealed), 'base64')
  } catch (cause) {
    throw notOfDatabase(cause)
  }
}

export function lastingKeyPlace(id: string): SealedPlace {
  return { tenantId: null, table: 'lasting_keys', row: id, field: 'sealed' }
}

export function notOfDatabase(cause: unknown): SecretKeyError {
  return new SecretKeyError(
    'SECRET_KEY lacks a key with which secrets in this database were sealed: set that one, or add it behind the new one.',
    { cause },
  )
}
