import type { Transaction } from '@tellwire/db'
import { notFound } from '../errors.js'

/** @throws `not_found` at the pointer. */
export async function findKey(
  { db }: { db: Transaction },
  { tenantId, keyId, pointer }: { tenantId: string; keyId: string; pointer: string },
) {
  const key = await db.apiKey.findUnique({ where: { tenantId_id: { tenantId, id: keyId } } })
  if (!key) throw notFound('key', pointer)
  return key
}
