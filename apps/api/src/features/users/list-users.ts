import type { Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readCursor, toFoundPage } from '../../http/cursors.js'
import { escapeLike } from '../../http/escape-like.js'
import { searchList } from '../../http/search.js'
import type { UserListQuery } from './schemas.js'
import { showUser, withConnections } from './show-user.js'

/** Lists users in the order of their ids. */
export async function listUsers({ db, tenantId }: TenantScope, query: UserListQuery) {
  const { limit, cursor, connected, q } = query
  const list = ['users', tenantId, connected, q]
  const after = readCursor(list, cursor)

  const fitting: Prisma.UserWhereInput[] = []
  if (q !== undefined) fitting.push({ userId: { contains: escapeLike(q) } })
  if (connected !== undefined) fitting.push({ connections: { [connected ? 'some' : 'none']: { status: 'active' } } })
  const found = await searchList({
    limit,
    after,
    order: 'asc',
    within: { tenantId },
    fitting,
    keyed: (userId) => ({ userId }),
    findKey: async (where, skip) =>
      (await db.user.findFirst({ where, orderBy: { userId: 'asc' }, skip, select: { userId: true } }))?.userId,
    find: (where, take) => db.user.findMany({ where, orderBy: { userId: 'asc' }, take, include: withConnections }),
  })
  return toFoundPage(found, limit, list, (user) => user.userId, showUser)
}
