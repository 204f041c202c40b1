import { inTransaction } from '@tellwire/db'
import { type AdminScope, recordAudit } from '@tellwire/domain'
import { lockLiveTenant } from './find-tenant.js'
import { readSettings } from './read-settings.js'
import type { TenantChange } from './schemas.js'
import { showTenant } from './show.js'

export async function changeTenant(scope: AdminScope, id: string, change: TenantChange) {
  return inTransaction(scope, async (scope) => {
    const tenant = await lockLiveTenant(scope, id)
    const { name, ...settings } = change
    const data = { ...(name === undefined ? {} : { name: name.trim() }), ...readSettings(settings, tenant.limits) }
    const [before, after] = [showTenant(tenant), showTenant(await scope.db.tenant.update({ where: { id }, data }))]
    const object = { type: 'tenant', id: after.id }
    await recordAudit(scope, { tenantId: id, action: 'tenant.changed', object, before, after })
    return after
  })
}
