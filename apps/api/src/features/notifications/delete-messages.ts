import { DrainLane } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { showId } from '../../http/ids.js'
import { findNotification } from './get-notification.js'
import { queueChanges } from './queue-changes.js'

/**
 * Takes back what was sent, from every chat that it was sent to in the last 48 hours: for what is older
 * Telegram does not allow it. What was not sent yet is to be cancelled instead.
 */
export async function deleteMessages(ctx: TenantContext, id: string) {
  await findNotification(ctx, id)
  const { botIds, count, tooOld } = await queueChanges(ctx, id, { type: 'delete' })
  for (const botId of botIds) ctx.waker.wake(DrainLane, { botId })
  return { id: showId('ntf', id), deleting: count, too_old: tooOld }
}
