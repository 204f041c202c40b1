import { type Database, newId, nilUuid, type Transaction } from '@tellwire/db'
import { recordAudit } from '../audit/record-audit.js'
import { showId } from '../ids.js'
import type { Actor } from '../scope.js'
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
    networks = [],
  }: {
    name: string
    scopes?: readonly AdminKeyScope[]
    expiresAt?: Date | undefined
    /** Where it may come from, as CIDR; none for anywhere. */
    networks?: readonly string[] | undefined
  },
): Promise<IssuedKey> {
  const key = generateKey('admin')
  const { id } = await db.adminKey.create({
    data: {
      id: newId(),
      name,
      scopes: [...scopes],
      expiresAt: expiresAt ?? null,
      networks: [...networks],
      tokenHash: hashKey(key),
      tokenHint: key.slice(-4),
    },
    select: { id: true },
  })
  return { id, key }
}

/**
 * Issues a key of all scopes for whoever can reach the database, and says so in the audit.
 * @param replaces the ones that were issued under the same name before are revoked.
 */
export async function issueAdminKeyByHand(
  db: Database,
  { name, replaces = false }: { name: string; replaces?: boolean },
): Promise<IssuedKey> {
  return db.$transaction(async (db) => {
    const scope = { db, actor: { type: 'system' as const, id: name } }
    const former = replaces
      ? await db.adminKey.findMany({ where: { name, revokedAt: null }, select: { id: true } })
      : []
    for (const { id } of former) await revokeByHand(scope, id)
    const issued = await issueAdminKey(db, { name })
    const object = { type: 'admin_key', id: showId('key', issued.id) }
    await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.issued', object, after: { name } })
    return issued
  })
}

async function revokeByHand(scope: { db: Transaction; actor: Actor }, id: string): Promise<void> {
  await scope.db.adminKey.update({ where: { id }, data: { revokedAt: new Date() } })
  const object = { type: 'admin_key', id: showId('key', id) }
  await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.revoked', object })
}
