import { type InTransaction, newId } from '@tellwire/db'
import type { AdminScope } from '@tellwire/domain'
import { readSettings } from './read-settings.js'
import type { NewTenant } from './schemas.js'
import { showTenant } from './show.js'

export async function createTenant({ db }: InTransaction<AdminScope>, input: NewTenant) {
  const { name, ...settings } = input
  const tenant = await db.tenant.create({ data: { id: newId(), name: name.trim(), ...readSettings(settings, {}) } })
  return showTenant(tenant)
}
