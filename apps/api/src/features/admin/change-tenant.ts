import type { AdminScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { readSettings } from './read-settings.js'
import type { TenantChange } from './schemas.js'
import { showTenant } from './show.js'

export async function changeTenant({ db }: AdminScope, id: string, change: TenantChange) {
  const before = await db.tenant.findUnique({ where: { id } })
  if (!before) throw notFound('tenant', '/id')
  const { name, ...settings } = change
  const data = { ...(name === undefined ? {} : { name }), ...readSettings(settings, before.limits) }
  return showTenant(await db.tenant.update({ where: { id }, data }))
}
