import type { InTransaction } from '@tellwire/db'
import { generateWebhookSecret, recordAudit, sealWebhookSecret, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { findWebhook } from './find-webhook.js'
import { showWebhook } from './show-webhook.js'

const overlapMs = 24 * 3_600_000

/** Gives a webhook another secret. For a day requests carry the signatures of both. The result holds it, for the only time. */
export async function rotateSecret(scope: InTransaction<TenantScope & Needs<'sealer'>>, id: string) {
  const { db, tenantId, sealer } = scope
  // Of two at once the second finds the secret of the first, which goes on signing.
  await db.$queryRaw`SELECT FROM webhook_endpoints WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  const { secretSealed } = await findWebhook(scope, id)
  const secret = generateWebhookSecret()
  const webhook = await db.webhookEndpoint.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      secretSealed: sealWebhookSecret(sealer, { tenantId, id }, secret),
      previousSecretSealed: secretSealed,
      previousSecretUntil: new Date(Date.now() + overlapMs),
    },
  })
  const view = showWebhook(sealer, webhook)
  await recordAudit(scope, { tenantId, action: 'webhook.secret_rotated', object: { type: 'webhook', id: view.id } })
  return { ...view, secret }
}
