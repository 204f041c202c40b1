import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { showUser, withConnections } from './show-user.js'

/** @throws `not_found` */
export async function getUser({ db, tenantId }: InTransaction<TenantScope>, userId: string) {
  const user = await db.user.findUnique({ where: { tenantId_userId: { tenantId, userId } }, include: withConnections })
  if (!user) throw notFound('user', '/user_id')
  return showUser(user)
}
