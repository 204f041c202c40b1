import type { AdminScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { AdminListQuery } from './schemas.js'
import { showKey } from './show.js'

export async function listTenantKeys({ db }: AdminScope, tenantId: string, { limit, cursor }: AdminListQuery) {
  const list = ['keys', tenantId]
  const after = readIdCursor(list, cursor)
  if (!(await db.tenant.findUnique({ where: { id: tenantId }, select: { id: true } }))) throw notFound('tenant', '/id')
  const keys = await db.apiKey.findMany({
    where: { tenantId, ...(after === undefined ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(keys, limit, list, ({ id }) => id, showKey)
}
