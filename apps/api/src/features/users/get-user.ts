import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'
import { isUserId } from './is-user-id.js'
import { showUser, withConnections } from './show-user.js'

export async function getUser({ db, tenantId }: TenantContext, userId: string) {
  if (!isUserId(userId)) throw notFound('user', '/user_id')
  const user = await db.user.findUnique({ where: { tenantId_userId: { tenantId, userId } }, include: withConnections })
  if (!user) throw notFound('user', '/user_id')
  return showUser(user)
}
