import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'

/** Deletes a webhook, with what waits for it and its attempts. @throws `not_found` */
export async function deleteWebhook({ db, tenantId }: TenantScope, id: string): Promise<void> {
  const { count } = await db.webhookEndpoint.deleteMany({ where: { tenantId, id } })
  if (count === 0) throw notFound('webhook', '/id')
}
