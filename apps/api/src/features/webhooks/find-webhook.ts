import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import type { StoredWebhook } from './show-webhook.js'

/** @throws `not_found` */
export async function findWebhook({ db, tenantId }: InTransaction<TenantScope>, id: string): Promise<StoredWebhook> {
  const webhook = await db.webhookEndpoint.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!webhook) throw notFound('webhook', '/id')
  return webhook
}
