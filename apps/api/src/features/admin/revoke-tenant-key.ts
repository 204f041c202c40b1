import type { AdminScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'

/** Revokes a key, which is let in no more from then on, a second later at the latest. Again it changes nothing. */
export async function revokeTenantKey({ db }: AdminScope, tenantId: string, keyId: string): Promise<void> {
  const { count } = await db.apiKey.updateMany({
    where: { tenantId, id: keyId, revokedAt: null },
    data: { revokedAt: new Date() },
  })
  if (count > 0 || (await db.apiKey.count({ where: { tenantId, id: keyId } })) > 0) return
  throw notFound('key', '/key_id')
}
