import { inTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { dropAttempts, dropWaiting } from './drop-in-slices.js'
import { findWebhook } from './find-webhook.js'
import { showWebhook } from './show-webhook.js'

/** Deletes a webhook, with what waits for it and its attempts. @throws `not_found` */
export async function deleteWebhook(scope: TenantScope & Needs<'sealer'>, id: string): Promise<void> {
  const before = showWebhook(scope.sealer, await findWebhook(scope, id))
  // Most of it goes before, so that nobody waits for a lock meanwhile; nothing is sent to it from now on.
  const disabled = { disabledAt: new Date(), disabledReason: 'asked' }
  await scope.db.webhookEndpoint.updateMany({
    where: { tenantId: scope.tenantId, id, disabledAt: null },
    data: disabled,
  })
  await dropWaiting(scope, id)
  await dropAttempts(scope, id)
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    await findWebhook(scope, id)
    await db.webhookEndpoint.deleteMany({ where: { tenantId, id } })
    await recordAudit(scope, {
      tenantId,
      action: 'webhook.deleted',
      object: { type: 'webhook', id: before.id },
      before,
    })
  })
}
