import { type InTransaction, newId } from '@tellwire/db'
import {
  generateWebhookSecret,
  recordAudit,
  sealWebhookHeaders,
  sealWebhookSecrets,
  type TenantScope,
} from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { checkWebhook } from './check-webhook.js'
import type { NewWebhook } from './schemas.js'
import { showWebhook, toPattern } from './show-webhook.js'

const webhooksMax = 50

/** Makes a webhook. The result holds its secret, for the only time. @throws `limit_reached` */
export async function createWebhook(
  scope: InTransaction<TenantScope & Needs<'sealer' | 'addresses'>>,
  { url, types, description, headers, concurrency, rate }: NewWebhook,
) {
  const { db, tenantId, sealer } = scope
  checkWebhook(scope, { url, types, headers })
  // Of several that are made at once each counts the others.
  await db.$executeRaw`SELECT FROM tenants WHERE id = ${tenantId}::uuid FOR NO KEY UPDATE`
  if ((await db.webhookEndpoint.count({ where: { tenantId } })) >= webhooksMax) {
    throw new ApiError('limit_reached', `There can be ${webhooksMax} webhooks.`)
  }
  const id = newId()
  const secret = generateWebhookSecret()
  const webhook = await db.webhookEndpoint.create({
    data: {
      tenantId,
      id,
      url,
      types: types.map(toPattern),
      description: description ?? null,
      headersSealed: headers === undefined ? null : sealWebhookHeaders(sealer, { tenantId, id }, headers),
      secretSealed: sealWebhookSecrets(sealer, { tenantId, id }, [secret]),
      concurrency,
      rate: rate ?? null,
    },
  })
  const view = showWebhook(sealer, webhook)
  await recordAudit(scope, {
    tenantId,
    action: 'webhook.created',
    object: { type: 'webhook', id: view.id },
    after: view,
  })
  return { ...view, secret }
}
