import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'

/** @throws `not_found` */
export async function findKey({ db, tenantId }: InTransaction<TenantScope>, id: string) {
  const key = await db.apiKey.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!key) throw notFound('key', '/id')
  return key
}
