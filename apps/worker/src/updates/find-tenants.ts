import type { UpdateScope } from './scope.js'

/** A tenant that may write in a chat. */
export interface ChatTenant {
  id: string
  name: string
  /** Until when it writes without a sound. */
  mutedUntil: Date | null
}

const tenantsMax = 30

/** Finds the tenants that may write in a chat, in the order in which they were connected. */
export async function findTenants(
  { db, botId }: UpdateScope,
  chatId: number,
  { connectedBy }: { connectedBy?: bigint } = {},
): Promise<ChatTenant[]> {
  const connected = await db.connection.groupBy({
    by: ['tenantId'],
    where: {
      botId,
      chatId: BigInt(chatId),
      status: 'active',
      ...(connectedBy === undefined ? {} : { connectedBy }),
    },
    _max: { mutedUntil: true },
    orderBy: { _min: { connectedAt: 'asc' } },
    take: tenantsMax,
  })
  const tenants = await db.tenant.findMany({
    where: { id: { in: connected.map(({ tenantId }) => tenantId) } },
    select: { id: true, name: true },
  })
  return connected.flatMap(({ tenantId: id, _max: { mutedUntil: until } }) => {
    const name = tenants.find((tenant) => tenant.id === id)?.name
    return name === undefined ? [] : [{ id, name, mutedUntil: until !== null && until > new Date() ? until : null }]
  })
}

/** Finds the connections of a tenant's users to a chat. */
export async function findConnectionsOf(
  { db, botId }: UpdateScope,
  tenantId: string,
  chatId: number,
): Promise<{ id: string; userId: string }[]> {
  return db.connection.findMany({
    where: { tenantId, botId, chatId: BigInt(chatId), status: 'active' },
    select: { id: true, userId: true },
  })
}
