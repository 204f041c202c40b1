import { nilUuid, type Prisma } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { parseId } from '../../http/ids.js'
import { showConnection, withChat } from '../../views/connection.js'
import type { ConnectionListQuery } from './schemas.js'

/** Lists connections, newest first. */
export async function listConnections({ db, tenantId }: TenantScope, query: ConnectionListQuery) {
  const { limit, cursor, user_id: userId, bot_id: botId, status } = query
  const list = ['connections', tenantId, userId, botId, status]
  const olderThan = readIdCursor(list, cursor)
  const filters: Prisma.ConnectionWhereInput[] = [{ tenantId }]
  if (olderThan !== undefined) filters.push({ id: { lt: olderThan } })
  if (userId !== undefined) filters.push({ userId })
  if (status !== undefined) filters.push({ status })
  // An id of the wrong form fits nothing.
  if (botId !== undefined) filters.push({ botId: parseId('bot', botId) ?? nilUuid })
  const connections = await db.connection.findMany({
    where: { AND: filters },
    orderBy: { id: 'desc' },
    take: limit + 1,
    include: withChat,
  })
  return toPage(connections, limit, list, ({ id }) => id, showConnection)
}
