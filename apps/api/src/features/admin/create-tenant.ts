import { type InTransaction, newId } from '@tellwire/db'
import { type AdminScope, recordAudit } from '@tellwire/domain'
import { readSettings } from './read-settings.js'
import type { NewTenant } from './schemas.js'
import { showTenant } from './show.js'

export async function createTenant(scope: InTransaction<AdminScope>, input: NewTenant) {
  const { db } = scope
  const { name, ...settings } = input
  const tenant = await db.tenant.create({ data: { id: newId(), name: name.trim(), ...readSettings(settings, {}) } })
  const view = showTenant(tenant)
  const object = { type: 'tenant', id: view.id }
  await recordAudit(scope, { tenantId: tenant.id, action: 'tenant.created', object, after: view })
  return view
}
