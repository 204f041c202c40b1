import type { TenantScope } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import { queueEditsOf } from './queue-edits-of.js'

/**
 * Takes back what was sent, from every chat that it was sent to in the last 48 hours: for what is older
 * Telegram does not allow it. What was not sent yet is to be cancelled instead.
 */
export async function takeBack(scope: TenantScope, id: string) {
  const { queued, tooOld } = await queueEditsOf(scope, id, { type: 'delete' })
  return { id: showId('ntf', id), deleting: queued, too_old: tooOld }
}
