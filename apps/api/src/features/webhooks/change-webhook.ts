import { inTransaction } from '@tellwire/db'
import { recordAudit, sealWebhookHeaders, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { checkWebhook } from './check-webhook.js'
import { dropWaiting } from './drop-in-slices.js'
import { findWebhook } from './find-webhook.js'
import type { WebhookChange } from './schemas.js'
import { showWebhook, toPattern } from './show-webhook.js'

/** Changes a webhook. Disabling it drops what waits for it; it can be replayed. */
export async function changeWebhook(
  scope: TenantScope & Needs<'sealer' | 'addresses'>,
  id: string,
  change: WebhookChange,
) {
  checkWebhook(scope, change)
  const { sealer } = scope
  const { url, types, description, headers, concurrency, rate, disabled } = change
  const changed = await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const before = await findWebhook(scope, id)
    const isDisabling = disabled === true && before.disabledAt === null
    const webhook = await db.webhookEndpoint.update({
      where: { tenantId_id: { tenantId, id } },
      data: {
        ...(url === undefined ? {} : { url }),
        ...(types === undefined ? {} : { types: types.map(toPattern) }),
        ...(description === undefined ? {} : { description }),
        ...(headers === undefined ? {} : { headersSealed: sealWebhookHeaders(sealer, { tenantId, id }, headers) }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(rate === undefined ? {} : { rate }),
        ...(isDisabling ? { disabledAt: new Date(), disabledReason: 'asked' } : {}),
        ...(disabled === false
          ? { disabledAt: null, disabledReason: null, failingSince: null, failedAt: null, warnedPercent: 0 }
          : {}),
      },
    })
    const after = showWebhook(sealer, webhook)
    await recordAudit(scope, {
      tenantId,
      action: 'webhook.changed',
      object: { type: 'webhook', id: after.id },
      before: showWebhook(sealer, before),
      after,
    })
    return after
  })
  // Nothing new waits for it by now.
  if (disabled === true) await dropWaiting(scope, id)
  return changed
}
