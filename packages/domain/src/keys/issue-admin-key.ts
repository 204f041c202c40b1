import { newId, type Transaction } from '@tellwire/db'
import type { IssuedKey } from './issue-api-key.js'
import { generateKey, hashKey } from './key-format.js'

/** A key for `/admin/v1`. Only someone who can reach the database can make the first one. */
export async function issueAdminKey(db: Transaction, name: string): Promise<IssuedKey> {
  const key = generateKey('admin')
  const { id } = await db.adminKey.create({
    data: { id: newId(), name, tokenHash: hashKey(key), tokenHint: key.slice(-4) },
    select: { id: true },
  })
  return { id, key }
}
