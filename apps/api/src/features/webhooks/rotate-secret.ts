import type { InTransaction } from '@tellwire/db'
import {
  generateWebhookSecret,
  recordAudit,
  sealWebhookSecrets,
  type TenantScope,
  unsealWebhookSecrets,
} from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { findWebhook } from './find-webhook.js'
import { showWebhook } from './show-webhook.js'

const overlapMs = 24 * 3_600_000
/** Each adds a signature to every request. */
const previousMax = 5

/**
 * Gives a webhook another secret. For a day requests carry the signatures of both, and of those that a rotation within the
 * day before had left: the receiver may have any of them. The result holds the secret, for the only time.
 */
export async function rotateSecret(scope: InTransaction<TenantScope & Needs<'sealer'>>, id: string) {
  const { db, tenantId, sealer } = scope
  // Of two at once the second finds the secret of the first, which goes on signing.
  await db.$queryRaw`SELECT FROM webhook_endpoints WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  const { secretSealed, previousSecretSealed, previousSecretUntil } = await findWebhook(scope, id)
  const endpoint = { tenantId, id }
  const isStillSigned = previousSecretUntil !== null && previousSecretUntil > new Date()
  const previous = [secretSealed, isStillSigned ? previousSecretSealed : null]
    .filter((sealed) => sealed !== null)
    .flatMap((sealed) => unsealWebhookSecrets(sealer, endpoint, sealed))
  const secret = generateWebhookSecret()
  const webhook = await db.webhookEndpoint.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      secretSealed: sealWebhookSecrets(sealer, endpoint, [secret]),
      previousSecretSealed: sealWebhookSecrets(sealer, endpoint, previous.slice(0, previousMax)),
      previousSecretUntil: new Date(Date.now() + overlapMs),
    },
  })
  const view = showWebhook(sealer, webhook)
  await recordAudit(scope, { tenantId, action: 'webhook.secret_rotated', object: { type: 'webhook', id: view.id } })
  return { ...view, secret }
}
