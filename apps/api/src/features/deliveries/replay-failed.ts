import { countFailed, idFloor, type InTransaction, nilUuid, replayDeliveries, type ReplayFilter } from '@tellwire/db'
import { type TenantScope, wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { parseId } from '../../http/ids.js'
import type { Replay } from './schemas.js'

const replayedAtOnce = 5_000

/**
 * Puts failed deliveries back into their lanes: the same deliveries, with their attempts. Those whose
 * connection has ended, or whose time is over, stay failed.
 */
export async function replayFailed(scope: InTransaction<TenantScope>, { filter, dry_run: isDryRun }: Replay) {
  const { db, tenantId } = scope
  const wanted = readFilter(filter)
  const counted = await countFailed(db, tenantId, wanted)
  if (isDryRun) return { ...counted, replayed: 0, has_more: false }
  const { replayed, botIds } = await replayDeliveries(db, tenantId, wanted, replayedAtOnce)
  for (const botId of botIds) wakeAfterCommit(scope, DrainLane, { botId })
  return { ...counted, replayed, has_more: replayed === replayedAtOnce }
}

/** An id of the wrong form fits nothing. */
function readFilter(filter: Replay['filter']): ReplayFilter {
  const { notification_id: notificationId, delivery_id: deliveryId, user_id: userId, reason, after, before } = filter
  return {
    notificationId: notificationId === undefined ? undefined : (parseId('ntf', notificationId) ?? nilUuid),
    deliveryId: deliveryId === undefined ? undefined : (parseId('dlv', deliveryId) ?? nilUuid),
    userId,
    reason,
    from: after === undefined ? undefined : idFloor(Date.parse(after)),
    to: before === undefined ? undefined : idFloor(Date.parse(before)),
  }
}
