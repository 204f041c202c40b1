import type { TenantRequestScope } from '../../context.js'
import { showId } from '../../http/ids.js'

export async function getMe({ db, tenantId, key }: Pick<TenantRequestScope, 'db' | 'tenantId' | 'key'>) {
  const tenant = await db.tenant.findUniqueOrThrow({ where: { id: tenantId } })
  return {
    tenant: { id: showId('ten', tenant.id), name: tenant.name },
    key: { id: showId('key', key.id), name: key.name, scopes: key.scopes },
  }
}
