import { DeliveriesWithdrawn } from '@tellwire/jobs'
import { doubtQuestionsOf, failForConnections, holdForConnections, type InTransaction, type Prisma } from '@tellwire/db'
import { type NewEvent, recordEvents } from '../events/record-events.js'
import { type SystemScope, tellAfterCommit } from '../scope.js'

/** The reason where a group or channel removed the bot: whoever adds it again finds everything as it was. */
export const botRemoved = 'bot_removed'

export interface ConnectionEnd {
  status: 'blocked' | 'stopped' | 'gone'
  /** The reason, for whoever reads the event: such as `person_stopped` or `replaced`. */
  reason: string
}

/**
 * Ends the connections that match, and fails what still waits for them: those that are active, and where the end is for good also
 * those that might come back. What is being sent right now ends on its own.
 * @returns how many were ended.
 */
export async function endConnections(
  scope: InTransaction<SystemScope>,
  where: Prisma.ConnectionWhereInput & ({ tenantId: string } | { botId: string; chatId: bigint }),
  { status, reason }: ConnectionEnd,
): Promise<number> {
  const { db } = scope
  const mayComeBack = status === 'blocked' || reason === botRemoved
  const data = { status, endedAt: new Date(), endedReason: reason }
  const ended = await db.connection.updateManyAndReturn({
    where: { AND: [where, { status: { in: status === 'blocked' ? ['active'] : ['active', 'blocked'] } }] },
    data,
  })
  // Of these it was told when the bot was removed.
  const endedBefore = mayComeBack
    ? []
    : await db.connection.updateManyAndReturn({
        where: { AND: [where, { status: 'gone', endedReason: botRemoved }] },
        data,
      })
  const connections = [...ended, ...endedBefore]
  if (connections.length === 0) return 0
  for (const { id } of connections) tellAfterCommit(scope, DeliveriesWithdrawn, id)
  if (mayComeBack) await holdForConnections(db, connections)
  await failForConnections(db, status, mayComeBack ? await withoutHolding(db, connections) : connections)
  await doubtQuestionsOf(db, connections)
  await recordEvents(
    db,
    ended.map(({ tenantId, userId, id }): NewEvent => ({
      tenantId,
      type: status === 'blocked' ? 'user.blocked' : 'user.disconnected',
      data: { user_id: userId, connection_id: id, reason },
    })),
  )
  return connections.length
}

/** Those of tenants for whom what waits fails at once. */
async function withoutHolding<Connection extends { tenantId: string }>(
  db: InTransaction<SystemScope>['db'],
  connections: readonly Connection[],
): Promise<Connection[]> {
  const holding = await db.tenant.findMany({
    where: { id: { in: connections.map(({ tenantId }) => tenantId) }, onUnreachable: 'hold' },
    select: { id: true },
  })
  return connections.filter(({ tenantId }) => !holding.some(({ id }) => id === tenantId))
}
