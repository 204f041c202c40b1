import type { Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readCursor, toPage } from '../../http/cursors.js'
import type { UserListQuery } from './schemas.js'
import { showUser, withConnections } from './show-user.js'

/** Lists users in the order of their ids. */
export async function listUsers({ db, tenantId }: TenantScope, query: UserListQuery) {
  const { limit, cursor, connected, q } = query
  const list = ['users', tenantId, connected, q]
  const after = readCursor(list, cursor)

  const filters: Prisma.UserWhereInput[] = [{ tenantId }]
  if (after !== undefined) filters.push({ userId: { gt: after } })
  if (q !== undefined) filters.push({ userId: { contains: escapeLike(q) } })
  if (connected !== undefined) filters.push({ connections: { [connected ? 'some' : 'none']: { status: 'active' } } })

  const users = await db.user.findMany({
    where: { AND: filters },
    orderBy: { userId: 'asc' },
    take: limit + 1,
    include: withConnections,
  })
  return toPage(users, limit, list, (user) => user.userId, showUser)
}

/** `contains` is a LIKE, in which these three have another meaning. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
