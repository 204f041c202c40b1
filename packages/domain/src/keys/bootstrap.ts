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
  const before = await readSetting(db, 'configured_admin_key')
  if (before !== null)
    await db.adminKey.updateMany({ where: { id: before, revokedAt: null }, data: { revokedAt: new Date() } })
  const id = newId()
  await db.adminKey.create({ data: { id, name: keyName, tokenHash, tokenHint: key.slice(-4) } })
  await writeSetting(db, 'configured_admin_key', id)
  return true
}

/** @returns the tenant, where its key is new. */
async function addTenantKey(
  db: Transaction,
  { name, key }: { name: string; key: string },
): Promise<string | undefined> {
  const tokenHash = hashKey(key)
  if (await db.apiKey.findUnique({ where: { tokenHash }, select: { id: true } })) return undefined
  const known = await readSetting(db, 'configured_tenant')
  const tenantId = known ?? newId()
  if (known === null) {
    await db.tenant.create({ data: { id: tenantId, name } })
    await writeSetting(db, 'configured_tenant', tenantId)
  }
  const before = await readSetting(db, 'configured_tenant_key')
  if (before !== null) {
    await db.apiKey.updateMany({ where: { tenantId, id: before, revokedAt: null }, data: { revokedAt: new Date() } })
  }
  const id = newId()
  await db.apiKey.create({
    data: { id, tenantId, name: keyName, scopes: [...scopes], tokenHash, tokenHint: key.slice(-4) },
  })
  await writeSetting(db, 'configured_tenant_key', id)
  return tenantId
}

/** Which of the keys are the configuration's stands where no name that anybody chooses can be taken for it. */
type Setting = 'configured_admin_key' | 'configured_tenant' | 'configured_tenant_key'

async function readSetting(db: Transaction, name: Setting): Promise<string | null> {
  return (await db.serviceSetting.findUnique({ where: { name } }))?.value ?? null
}

async function writeSetting(db: Transaction, name: Setting, value: string): Promise<void> {
  await db.serviceSetting.upsert({ where: { name }, create: { name, value }, update: { value, changedAt: new Date() } })
}
