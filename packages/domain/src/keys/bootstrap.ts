import { inTransaction, newId, nilUuid, type Transaction } from '@tellwire/db'
import { recordAudit } from '../audit/record-audit.js'
import { showId } from '../ids.js'
import type { SystemScope } from '../scope.js'
import { scopes } from './issue-api-key.js'
import { hashKey } from './key-format.js'

/** The name of keys that come from the configuration. */
const keyName = 'configuration'

export interface Bootstrap {
  /** A well-formed key of admins. */
  adminKey: string | undefined
  /** A tenant, with a well-formed key of all scopes. */
  tenant: { name: string; key: string } | undefined
}

/**
 * Makes what the configuration asks for: the first key of admins, and the first tenant with its key. What is there already stays as it
 * is, and so does a key that was revoked; one that the configuration named before, and names no more, is revoked.
 */
export async function bootstrap(scope: SystemScope, { adminKey, tenant }: Bootstrap): Promise<void> {
  if (adminKey === undefined && !tenant) return
  await inTransaction(scope, async (scope) => {
    // Of processes that start together one makes it.
    await scope.db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('tellwire.bootstrap'))`
    if (adminKey !== undefined && (await addAdminKey(scope.db, adminKey))) {
      await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.issued', after: { name: keyName } })
    }
    const tenantId = tenant && (await addTenantKey(scope.db, tenant))
    if (tenantId !== undefined) {
      const object = { type: 'tenant', id: showId('ten', tenantId) }
      await recordAudit(scope, { tenantId, action: 'key.issued', object, after: { name: keyName } })
    }
  })
}

/** @returns whether it is new. */
async function addAdminKey(db: Transaction, key: string): Promise<boolean> {
  const tokenHash = hashKey(key)
  if (await db.adminKey.findUnique({ where: { tokenHash }, select: { id: true } })) return false
  await db.adminKey.updateMany({ where: { name: keyName, revokedAt: null }, data: { revokedAt: new Date() } })
  await db.adminKey.create({ data: { id: newId(), name: keyName, tokenHash, tokenHint: key.slice(-4) } })
  return true
}

/** @returns the tenant, where its key is new. */
async function addTenantKey(
  db: Transaction,
  { name, key }: { name: string; key: string },
): Promise<string | undefined> {
  const tokenHash = hashKey(key)
  if (await db.apiKey.findUnique({ where: { tokenHash }, select: { id: true } })) return undefined
  const before = await db.apiKey.findFirst({ where: { name: keyName }, orderBy: { id: 'desc' } })
  const tenantId = before?.tenantId ?? newId()
  if (!before) await db.tenant.create({ data: { id: tenantId, name } })
  await db.apiKey.updateMany({ where: { tenantId, name: keyName, revokedAt: null }, data: { revokedAt: new Date() } })
  await db.apiKey.create({
    data: { id: newId(), tenantId, name: keyName, scopes: [...scopes], tokenHash, tokenHint: key.slice(-4) },
  })
  return tenantId
}
