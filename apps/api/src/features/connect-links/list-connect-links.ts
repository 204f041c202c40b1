import type { Prisma } from '@tellwire/db'
import type { LinkStatus, TenantScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../../http/cursors.js'
import { searchList } from '../../http/search.js'
import type { ConnectLinkListQuery } from './schemas.js'
import { showConnectLink } from './show-connect-link.js'

/** Lists links, newest first. */
export async function listConnectLinks({ db, tenantId }: TenantScope, query: ConnectLinkListQuery) {
  const { limit, cursor, user_id: userId, status } = query
  const list = ['connect links', tenantId, userId, status]
  const found = await searchList({
    limit,
    after: readIdCursor(list, cursor),
    order: 'desc',
    within: userId === undefined ? { tenantId } : { tenantId, userId },
    fitting: status === undefined ? [] : [statusFilter(status)],
    keyed: (id) => ({ id }),
    findKey: async (where, skip) =>
      (await db.connectLink.findFirst({ where, orderBy: { id: 'desc' }, skip, select: { id: true } }))?.id,
    find: (where, take) => db.connectLink.findMany({ where, orderBy: { id: 'desc' }, take }),
  })
  return toFoundPage(found, limit, list, ({ id }) => id, showConnectLink)
}

function statusFilter(status: LinkStatus): Prisma.ConnectLinkWhereInput {
  if (status === 'pending') return { status, expiresAt: { gt: new Date() } }
  return status === 'expired' ? { status: 'pending', expiresAt: { lte: new Date() } } : { status }
}
