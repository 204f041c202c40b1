import { newId, type Transaction } from '@tellwire/db'
import type { IssuedKey } from './issue-api-key.js'
import { generateKey, hashKey } from './key-format.js'

/** `read` looks at everything; `tenants` and `bots` also change those; `everything` also makes keys like itself. */
export const adminScopes = ['read', 'tenants', 'bots', 'everything'] as const
export type AdminKeyScope = (typeof adminScopes)[number]

/** A key for `/admin/v1`. Only someone who can reach the database can make the first one. */
export async function issueAdminKey(
  db: Transaction,
  {
    name,
    scopes = ['everything'],
    expiresAt,
  }: { name: string; scopes?: readonly AdminKeyScope[]; expiresAt?: Date | undefined },
): Promise<IssuedKey> {
  const key = generateKey('admin')
  const { id } = await db.adminKey.create({
    data: {
      id: newId(),
      name,
      scopes: [...scopes],
      expiresAt: expiresAt ?? null,
      tokenHash: hashKey(key),
      tokenHint: key.slice(-4),
    },
    select: { id: true },
  })
  return { id, key }
}
