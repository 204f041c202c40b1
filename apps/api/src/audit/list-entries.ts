import type { Prisma } from '@tellwire/db'
import type { SystemScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../http/cursors.js'
import { searchList } from '../http/search.js'
import type { AuditListQuery } from './schemas.js'
import { showEntry } from './show-entry.js'

/** Lists entries, newest first. @param tenantId undefined for those of all tenants and of the service itself. */
export async function listEntries(
  { db }: Pick<SystemScope, 'db'>,
  tenantId: string | undefined,
  { limit, cursor, action }: AuditListQuery,
) {
  const list = ['audit', tenantId, action]
  const within: Prisma.AuditEntryWhereInput = tenantId === undefined ? {} : { tenantId }
  const found = await searchList({
    limit,
    after: readIdCursor(list, cursor),
    order: 'desc',
    within,
    fitting: action === undefined ? [] : [{ action }],
    keyed: (id) => ({ id }),
    findKey: async (where, skip) =>
      (await db.auditEntry.findFirst({ where, orderBy: { id: 'desc' }, skip, select: { id: true } }))?.id,
    find: (where, take) => db.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take }),
  })
  return toFoundPage(found, limit, list, ({ id }) => id, showEntry)
}
