import type { Prisma } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import { readCursor, toPage } from '../../http/cursors.js'
import type { UserListQuery } from './schemas.js'
import { showUser, withConnections } from './show-user.js'

/** In the order of their ids. */
export async function listUsers({ db, tenantId }: TenantContext, query: UserListQuery) {
  const { limit, cursor, connected, q } = query
  const scope = ['users', tenantId, connected, q]
  const after = readCursor(scope, cursor)

  const filters: Prisma.UserWhereInput[] = [{ tenantId }]
  if (after !== undefined) filters.push({ userId: { gt: after } })
  if (q !== undefined) filters.push({ userId: { contains: q } })
  if (connected !== undefined) filters.push({ connections: { [connected ? 'some' : 'none']: { status: 'active' } } })

  const users = await db.user.findMany({
    where: { AND: filters },
    orderBy: { userId: 'asc' },
    take: limit + 1,
    include: withConnections,
  })
  return toPage(users, limit, scope, (user) => user.userId, showUser)
}
