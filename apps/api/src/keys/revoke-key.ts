import { inTransaction } from '@tellwire/db'
import { type AdminScope, recordAudit } from '@tellwire/domain'
import { notFound } from '../errors.js'
import { showId } from '../http/ids.js'

/** Revokes a key, which is let in no more from then on, a second later at the latest. Again it changes nothing. */
export async function revokeKey(
  scope: AdminScope,
  { tenantId, keyId, pointer }: { tenantId: string; keyId: string; pointer: string },
): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db } = scope
    const { count } = await db.apiKey.updateMany({
      where: { tenantId, id: keyId, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    if (count > 0) {
      const object = { type: 'key', id: showId('key', keyId) }
      await recordAudit(scope, { tenantId, action: 'key.revoked', object })
    } else if ((await db.apiKey.count({ where: { tenantId, id: keyId } })) === 0) throw notFound('key', pointer)
  })
}
