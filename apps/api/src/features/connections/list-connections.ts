import { nilUuid, type Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toFoundPage } from '../../http/cursors.js'
import { searchList } from '../../http/search.js'
import { parseId } from '../../http/ids.js'
import { showConnection, withChat } from '../../views/connection.js'
import type { ConnectionListQuery } from './schemas.js'

/** Lists connections, newest first. */
export async function listConnections({ db, tenantId }: TenantScope, query: ConnectionListQuery) {
  const { limit, cursor, user_id: userId, bot_id: botId, status } = query
  const list = ['connections', tenantId, userId, botId, status]
  const olderThan = readIdCursor(list, cursor)
  const fitting: Prisma.ConnectionWhereInput[] = []
  if (status !== undefined) fitting.push({ status })
  // An id of the wrong form fits nothing.
  if (botId !== undefined) fitting.push({ botId: parseId('bot', botId) ?? nilUuid })
  const within = (olderThan: string | undefined): Prisma.ConnectionWhereInput => ({
    tenantId,
    ...(userId === undefined ? {} : { userId }),
    ...(olderThan === undefined ? {} : { id: { lt: olderThan } }),
  })
  const found = await searchList({
    limit,
    after: olderThan,
    // The connections of one user are few.
    findBound: async (after, rows) =>
      fitting.length === 0 || userId !== undefined
        ? undefined
        : (
            await db.connection.findFirst({
              where: within(after),
              orderBy: { id: 'desc' },
              skip: rows - 1,
              select: { id: true },
            })
          )?.id,
    find: ({ after, until, take }) =>
      db.connection.findMany({
        where: { AND: [within(after), ...(until ? [{ id: { gte: until } }] : []), ...fitting] },
        orderBy: { id: 'desc' },
        take,
        include: withChat,
      }),
  })
  return toFoundPage(found, limit, list, ({ id }) => id, showConnection)
}
