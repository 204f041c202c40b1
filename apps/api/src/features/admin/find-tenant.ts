import type { Transaction } from '@tellwire/db'
import { ApiError, notFound } from '../../errors.js'

/** @throws `not_found` */
export async function findTenant({ db }: { db: Transaction }, id: string) {
  const tenant = await db.tenant.findUnique({ where: { id } })
  if (!tenant) throw notFound('tenant', '/id')
  return tenant
}

/** A tenant that nobody else changes until the transaction ends. @throws `not_found` */
export async function lockTenant({ db }: { db: Transaction }, id: string) {
  await db.$executeRaw`SELECT FROM tenants WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  return findTenant({ db }, id)
}

/** The same for a change that a tenant has to be there for. @throws `not_found`, `conflict` for one that was deleted. */
export async function lockLiveTenant(scope: { db: Transaction }, id: string) {
  const tenant = await lockTenant(scope, id)
  if (tenant.erasedAt !== null) throw new ApiError('conflict', 'The tenant was erased.')
  if (tenant.deletedAt !== null) throw new ApiError('conflict', 'The tenant was deleted: bring it back first.')
  return tenant
}
