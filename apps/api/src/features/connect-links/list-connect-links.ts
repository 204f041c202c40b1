import type { Prisma } from '@tellwire/db'
import type { LinkStatus, TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { ConnectLinkListQuery } from './schemas.js'
import { showConnectLink } from './show-connect-link.js'

/** Lists links, newest first. */
export async function listConnectLinks({ db, tenantId }: TenantScope, query: ConnectLinkListQuery) {
  const { limit, cursor, user_id: userId, status } = query
  const list = ['connect links', tenantId, userId, status]
  const olderThan = readIdCursor(list, cursor)
  const filters: Prisma.ConnectLinkWhereInput[] = [{ tenantId }]
  if (olderThan !== undefined) filters.push({ id: { lt: olderThan } })
  if (userId !== undefined) filters.push({ userId })
  if (status !== undefined) filters.push(statusFilter(status))
  const links = await db.connectLink.findMany({ where: { AND: filters }, orderBy: { id: 'desc' }, take: limit + 1 })
  return toPage(links, limit, list, ({ id }) => id, showConnectLink)
}

function statusFilter(status: LinkStatus): Prisma.ConnectLinkWhereInput {
  if (status === 'pending') return { status, expiresAt: { gt: new Date() } }
  return status === 'expired' ? { status: 'pending', expiresAt: { lte: new Date() } } : { status }
}
