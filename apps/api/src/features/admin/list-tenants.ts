import type { Database } from '@tellwire/db'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { AdminListQuery } from './schemas.js'
import { showTenant } from './show.js'

export async function listTenants(db: Database, { limit, cursor }: AdminListQuery) {
  const scope = ['tenants']
  const after = readIdCursor(scope, cursor)
  const tenants = await db.tenant.findMany({
    where: after === undefined ? {} : { id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(tenants, limit, scope, ({ id }) => id, showTenant)
}
