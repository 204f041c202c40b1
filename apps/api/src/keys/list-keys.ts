import type { AdminScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../http/cursors.js'
import type { KeyListQuery } from './schemas.js'
import { showKey } from './show-key.js'

/** Lists a tenant's keys, oldest first. */
export async function listKeys({ db }: AdminScope, tenantId: string, { limit, cursor }: KeyListQuery) {
  const list = ['keys', tenantId]
  const after = readIdCursor(list, cursor)
  const keys = await db.apiKey.findMany({
    where: { tenantId, ...(after === undefined ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(keys, limit, list, ({ id }) => id, showKey)
}
