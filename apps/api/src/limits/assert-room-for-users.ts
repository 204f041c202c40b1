import type { InTransaction } from '@tellwire/db'
import { type Adding, assertRoom } from './tenant-quotas.js'

/** Makes sure that those of the users can be made who do not exist yet. @throws `limit_reached` */
export async function assertRoomForUsers(scope: InTransaction<Adding>, userIds: readonly string[]): Promise<void> {
  const { db, tenantId } = scope
  const known = await db.user.count({ where: { tenantId, userId: { in: [...userIds] } } })
  if (known < userIds.length) await assertRoom(scope, 'users', userIds.length - known)
}
