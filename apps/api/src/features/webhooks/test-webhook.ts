import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { ApiError } from '../../errors.js'
import { showId } from '../../http/ids.js'
import { findWebhook } from './find-webhook.js'

/** Sends an event of a test to a webhook, as every other event is sent. @throws `conflict` for one that is disabled. */
export async function testWebhook(scope: InTransaction<TenantScope>, id: string) {
  const { db, tenantId, requestId } = scope
  const { disabledAt } = await findWebhook(scope, id)
  if (disabledAt !== null) throw new ApiError('conflict', 'The webhook is disabled.')
  const { id: eventId } = await db.event.create({
    data: { tenantId, type: 'webhook.test', data: { webhook_id: id }, requestId },
    select: { id: true },
  })
  return { event_id: showId('evt', eventId) }
}
