import { queueEdits } from '@tellwire/db'
import { type TenantScope, wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { showId } from '../../http/ids.js'
import { findNotification } from '../../views/notification.js'

/**
 * Takes back what was sent, from every chat that it was sent to in the last 48 hours: for what is older
 * Telegram does not allow it. What was not sent yet is to be cancelled instead.
 */
export async function takeBack(scope: TenantScope, id: string) {
  await findNotification(scope, id)
  const { queued, refused, botIds } = await queueEdits(scope.db, scope.tenantId, id, { type: 'delete' })
  for (const botId of botIds) wakeAfterCommit(scope, DrainLane, { botId })
  return { id: showId('ntf', id), deleting: queued, too_old: refused }
}
