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
  const olderThan = readIdCursor(list, cursor)
  const within = (olderThan: string | undefined): Prisma.ConnectLinkWhereInput => ({
    tenantId,
    ...(userId === undefined ? {} : { userId }),
    ...(olderThan === undefined ? {} : { id: { lt: olderThan } }),
  })
  const found = await searchList({
    limit,
    after: olderThan,
    findBound: async (after, rows) =>
      status === undefined
        ? undefined
        : (
            await db.connectLink.findFirst({
              where: within(after),
              orderBy: { id: 'desc' },
              skip: rows - 1,
              select: { id: true },
            })
          )?.id,
    find: ({ after, until, take }) =>
      db.connectLink.findMany({
        where: {
          AND: [within(after), ...(until ? [{ id: { gte: until } }] : []), ...(status ? [statusFilter(status)] : [])],
        },
        orderBy: { id: 'desc' },
        take,
      }),
  })
  return toFoundPage(found, limit, list, ({ id }) => id, showConnectLink)
}

function statusFilter(status: LinkStatus): Prisma.ConnectLinkWhereInput {
  if (status === 'pending') return { status, expiresAt: { gt: new Date() } }
  return status === 'expired' ? { status: 'pending', expiresAt: { lte: new Date() } } : { status }
}
