import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { WebhookListQuery } from './schemas.js'
import { showWebhook } from './show-webhook.js'

/** Lists webhooks, oldest first. */
export async function listWebhooks(
  { db, tenantId, sealer }: TenantScope & Needs<'sealer'>,
  { limit, cursor }: WebhookListQuery,
) {
  const list = ['webhooks', tenantId]
  const after = readIdCursor(list, cursor)
  const webhooks = await db.webhookEndpoint.findMany({
    where: { tenantId, ...(after === undefined ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(
    webhooks,
    limit,
    list,
    ({ id }) => id,
    (webhook) => showWebhook(sealer, webhook),
  )
}
