import { inTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { findWebhook } from './find-webhook.js'
import { showWebhook } from './show-webhook.js'

/** Deletes a webhook, with what waits for it and its attempts. @throws `not_found` */
export async function deleteWebhook(scope: TenantScope & Needs<'sealer'>, id: string): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db, tenantId, sealer } = scope
    const before = showWebhook(sealer, await findWebhook(scope, id))
    await db.webhookEndpoint.deleteMany({ where: { tenantId, id } })
    await recordAudit(scope, {
      tenantId,
      action: 'webhook.deleted',
      object: { type: 'webhook', id: before.id },
      before,
    })
  })
}
