import { type InTransaction, type ReachableConnection, releaseAwaitingDeliveries } from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import { type SystemScope, wakeAfterCommit } from '../scope.js'

/** Lets go what waits until its user connects, and wakes the lane that it joins. */
export async function releaseAwaiting(
  scope: InTransaction<SystemScope>,
  connection: ReachableConnection,
): Promise<void> {
  const joined = await releaseAwaitingDeliveries(scope.db, connection)
  if (joined > 0) wakeAfterCommit(scope, DrainLane, { botId: connection.botId })
}
