import { DeliveriesWithdrawn } from '@tellwire/jobs'
import { failForConnections, type InTransaction, type Prisma } from '@tellwire/db'
import { type NewEvent, recordEvents } from '../events/record-events.js'
import { type SystemScope, tellAfterCommit } from '../scope.js'

export interface ConnectionEnd {
  status: 'blocked' | 'stopped' | 'gone'
  /** The reason, for whoever reads the event: such as `person_stopped` or `replaced`. */
  reason: string
}

/**
 * Ends the active connections that match, and fails what still waits for them. What is being sent right
 * now ends on its own.
 * @returns how many were ended.
 */
export async function endConnections(
  scope: InTransaction<SystemScope>,
  where: Prisma.ConnectionWhereInput & ({ tenantId: string } | { botId: string; chatId: bigint }),
  { status, reason }: ConnectionEnd,
): Promise<number> {
  const { db } = scope
  const endable = status === 'blocked' ? ['active'] : ['active', 'blocked']
  const connections = await db.connection.updateManyAndReturn({
    where: { AND: [where, { status: { in: endable } }] },
    data: { status, endedAt: new Date(), endedReason: reason },
  })
  if (connections.length === 0) return 0
  for (const { id } of connections) tellAfterCommit(scope, DeliveriesWithdrawn, id)
  await failForConnections(db, status, connections)
  await recordEvents(
    db,
    connections.map(({ tenantId, userId, id }): NewEvent => ({
      tenantId,
      type: status === 'blocked' ? 'user.blocked' : 'user.disconnected',
      data: { user_id: userId, connection_id: id, reason },
    })),
  )
  return connections.length
}
