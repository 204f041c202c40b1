import { setTimeout as delay } from 'node:timers/promises'
import { isAnyClaimed } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'

const lookEveryMs = 20
/** The workers have given back by then what they had claimed: they were told, and claim no further ahead. */
const waitMsMax = 1_000
/** Of a broadcast nobody counts what is claimed: so long ahead a worker claims at most. */
const broadcastWaitMs = 300

/**
 * Waits until no worker has anything of a notification that it has not begun to send, so that nothing more of it goes
 * out after the answer. What is on its way to Telegram is waited for too, but not for long.
 */
export async function untilWithdrawn({ db, tenantId }: TenantScope, id: string): Promise<void> {
  const isBroadcast = (await db.broadcast.count({ where: { tenantId, notificationId: id } })) > 0
  if (isBroadcast) return delay(broadcastWaitMs)
  const endsAtMs = performance.now() + waitMsMax
  while ((await isAnyClaimed(db, tenantId, id)) && performance.now() < endsAtMs) await delay(lookEveryMs)
}
