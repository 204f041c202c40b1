import { type InTransaction, pauseDeliveries } from '@tellwire/db'
import { tellAfterCommit, type TenantScope, wakeAfterCommit } from '@tellwire/domain'
import { AdvanceBroadcast, DeliveriesWithdrawn, DrainLane } from '@tellwire/jobs'
import { ApiError } from '../../errors.js'
import { findNotification, lockNotification } from '../../views/notification.js'

type Scope = InTransaction<TenantScope>

/** Holds back what has not gone out, until it is resumed. What is being sent right now ends on its own. */
export async function pauseNotification(scope: Scope, id: string): Promise<void> {
  await setPaused(scope, id, true)
}

/** Lets it go on, behind what waits in its chats by now. */
export async function resumeNotification(scope: Scope, id: string): Promise<void> {
  await setPaused(scope, id, false)
}

async function setPaused(scope: Scope, id: string, isPaused: boolean): Promise<void> {
  const { db, tenantId } = scope
  const { broadcast } = await findNotification(scope, id)
  if (broadcast?.isCompleted) throw new ApiError('conflict', 'The notification is settled already.')
  const { isCancelled } = await lockNotification(scope, id)
  if (isCancelled) throw new ApiError('conflict', 'The notification was cancelled already.')
  await db.notification.updateMany({
    where: { tenantId, id, cancelledAt: null, pausedAt: isPaused ? null : { not: null } },
    data: { pausedAt: isPaused ? new Date() : null },
  })
  if (isPaused) tellAfterCommit(scope, DeliveriesWithdrawn, id)
  if (broadcast) {
    await pauseBroadcast(scope, id, isPaused)
    wakeAfterCommit(scope, AdvanceBroadcast, { tenantId, notificationId: id })
    return
  }
  for (const botId of await pauseDeliveries(db, tenantId, id, isPaused)) wakeAfterCommit(scope, DrainLane, { botId })
}

async function pauseBroadcast({ db, tenantId }: Scope, notificationId: string, isPaused: boolean): Promise<void> {
  await db.broadcast.updateMany({
    where: {
      tenantId,
      notificationId,
      isPaused: !isPaused,
      isCompleted: false,
      OR: [{ change: null }, { change: { not: 'cancel' } }],
    },
    data: { isPaused, change: isPaused ? 'pause' : 'resume' },
  })
}
