import type { Transaction } from '@tellwire/db'
import { notFound } from '../../errors.js'

/** @throws `not_found` */
export async function findTenant({ db }: { db: Transaction }, id: string) {
  const tenant = await db.tenant.findUnique({ where: { id } })
  if (!tenant) throw notFound('tenant', '/id')
  return tenant
}
