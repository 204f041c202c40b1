import { type InTransaction, inTransaction, newId, nilUuid, type Transaction } from '@tellwire/db'
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
    if (adminKey !== undefined) await addAdminKey(scope, adminKey)
    if (tenant) await addTenantKey(scope, tenant)
  })
}

async function addAdminKey(scope: InTransaction<SystemScope>, key: string): Promise<void> {
  const { db } = scope
  const tokenHash = hashKey(key)
  if (await db.adminKey.findUnique({ where: { tokenHash }, select: { id: true } })) return
  const before = await readSetting(db, 'configured_admin_key')
  if (before !== null) {
    const { count } = await db.adminKey.updateMany({
      where: { id: before, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    const object = { type: 'admin_key', id: showId('key', before) }
    if (count > 0) await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.revoked', object })
  }
  const id = newId()
  await db.adminKey.create({ data: { id, name: keyName, tokenHash, tokenHint: key.slice(-4) } })
  await writeSetting(db, 'configured_admin_key', id)
  const object = { type: 'admin_key', id: showId('key', id) }
  await recordAudit(scope, { tenantId: nilUuid, action: 'admin_key.issued', object, after: { name: keyName } })
}

async function addTenantKey(
  scope: InTransaction<SystemScope>,
  { name, key }: { name: string; key: string },
): Promise<void> {
  const { db } = scope
  const tokenHash = hashKey(key)
  if (await db.apiKey.findUnique({ where: { tokenHash }, select: { id: true } })) return
  const tenantId = (await readSetting(db, 'configured_tenant')) ?? (await addTenant(scope, name))
  const before = await readSetting(db, 'configured_tenant_key')
  if (before !== null) {
    const { count } = await db.apiKey.updateMany({
      where: { tenantId, id: before, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    const object = { type: 'key', id: showId('key', before) }
    if (count > 0) await recordAudit(scope, { tenantId, action: 'key.revoked', object })
  }
  const id = newId()
  await db.apiKey.create({
    data: { id, tenantId, name: keyName, scopes: [...scopes], tokenHash, tokenHint: key.slice(-4) },
  })
  await writeSetting(db, 'configured_tenant_key', id)
  const object = { type: 'key', id: showId('key', id) }
  await recordAudit(scope, { tenantId, action: 'key.issued', object, after: { name: keyName } })
}

/** @returns its id. */
async function addTenant(scope: InTransaction<SystemScope>, name: string): Promise<string> {
  const id = newId()
  await scope.db.tenant.create({ data: { id, name } })
  await writeSetting(scope.db, 'configured_tenant', id)
  const object = { type: 'tenant', id: showId('ten', id) }
  await recordAudit(scope, { tenantId: id, action: 'tenant.created', object, after: { name } })
  return id
}

/** Which of the keys are the configuration's stands where no name that anybody chooses can be taken for it. */
type Setting = 'configured_admin_key' | 'configured_tenant' | 'configured_tenant_key'

async function readSetting(db: Transaction, name: Setting): Promise<string | null> {
  return (await db.serviceSetting.findUnique({ where: { name } }))?.value ?? null
}

async function writeSetting(db: Transaction, name: Setting, value: string): Promise<void> {
  await db.serviceSetting.upsert({ where: { name }, create: { name, value }, update: { value, changedAt: new Date() } })
}
