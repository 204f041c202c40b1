import type { AdminScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { escapeLike } from '../../http/escape-like.js'
import type { TenantListQuery } from './schemas.js'
import { showTenant } from './show.js'

export async function listTenants({ db }: AdminScope, { limit, cursor, q }: TenantListQuery) {
  const list = ['tenants', q]
  const after = readIdCursor(list, cursor)
  const tenants = await db.tenant.findMany({
    where: {
      ...(after === undefined ? {} : { id: { gt: after } }),
      ...(q === undefined ? {} : { name: { contains: escapeLike(q), mode: 'insensitive' as const } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(tenants, limit, list, ({ id }) => id, showTenant)
}
