import type { InTransaction } from '@tellwire/db'
import { askToEraseUser, findErasure, type StoredErasure, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { notFound } from '../../errors.js'
import type { UserErasureView } from './erasure-schemas.js'

/**
 * Erases a person: disconnects all chats now, and removes everything that is held about them within a minute. Of somebody who
 * is being erased, or was and has not come back, it tells how far that is.
 * @throws `not_found`
 */
export async function eraseUser(
  scope: InTransaction<TenantScope & Needs<'sealer'>>,
  userId: string,
): Promise<UserErasureView> {
  const { db, tenantId, sealer } = scope
  const isThere = (await db.user.count({ where: { tenantId, userId } })) > 0
  const earlier = await findErasure(db, sealer, { tenantId, userId })
  if (earlier && (!isThere || earlier.doneAt === null)) return showErasure(userId, earlier)
  if (!isThere) throw notFound('user', '/user_id')
  return showErasure(userId, await askToEraseUser(scope, userId))
}

function showErasure(userId: string, { requestedAt, doneAt, removed }: StoredErasure): UserErasureView {
  return {
    user_id: userId,
    status: doneAt === null ? 'erasing' : 'erased',
    requested_at: requestedAt.toISOString(),
    erased_at: doneAt?.toISOString() ?? null,
    // As it was counted.
    removed: removed as Record<string, number>,
  }
}
