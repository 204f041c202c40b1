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
  const fitting: Prisma.ConnectionWhereInput[] = []
  if (status !== undefined) fitting.push({ status })
  // An id of the wrong form fits nothing.
  if (botId !== undefined) fitting.push({ botId: parseId('bot', botId) ?? nilUuid })
  const found = await searchList({
    limit,
    after: readIdCursor(list, cursor),
    order: 'desc',
    // The connections of one user are few: these are not searched for.
    within: userId === undefined ? { tenantId } : { AND: [{ tenantId, userId }, ...fitting] },
    fitting: userId === undefined ? fitting : [],
    keyed: (id) => ({ id }),
    findKey: async (where, skip) =>
      (await db.connection.findFirst({ where, orderBy: { id: 'desc' }, skip, select: { id: true } }))?.id,
    find: (where, take) => db.connection.findMany({ where, orderBy: { id: 'desc' }, take, include: withChat }),
  })
  return toFoundPage(found, limit, list, ({ id }) => id, showConnection)
}
