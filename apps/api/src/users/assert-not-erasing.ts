import type { Transaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { ApiError } from '../errors.js'

/** Makes sure that nothing is made for somebody of whom everything is being removed: it would go too. @throws `conflict` */
export async function assertNotErasing(
  { db, tenantId }: Pick<TenantScope, 'tenantId'> & { db: Transaction },
  userIds: readonly string[],
): Promise<void> {
  const erasing = await db.erasure.findFirst({
    where: { tenantId, userId: { in: [...userIds] }, doneAt: null },
    select: { id: true },
  })
  if (erasing) throw new ApiError('conflict', 'The user is being erased: within a minute it can be made anew.')
}
