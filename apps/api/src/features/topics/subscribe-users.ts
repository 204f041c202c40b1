import { type InTransaction, newId } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { assertRoomForUsers } from '../../limits/assert-room-for-users.js'
import type { Adding } from '../../limits/tenant-quotas.js'
import { assertNotErasing } from '../../users/assert-not-erasing.js'
import { tryToLockTopic } from './lock-topic.js'

/** Makes the topic and the users that do not exist yet. @returns how many were not subscribed before. */
export async function subscribeUsers(
  scope: InTransaction<Adding>,
  name: string,
  userIds: readonly string[],
): Promise<number> {
  // In one order, so that two of these cannot wait for each other.
  const ordered = userIds.toSorted()
  const { db, tenantId } = scope
  await assertNotErasing(scope, userIds)
  await assertRoomForUsers(scope, userIds)
  const topicId = await makeTopic(scope, name)
  await db.user.createMany({ data: ordered.map((userId) => ({ tenantId, userId })), skipDuplicates: true })
  const { count } = await db.topicSubscriber.createMany({
    data: ordered.map((userId) => ({ tenantId, topicId, userId })),
    skipDuplicates: true,
  })
  return count
}

/** A topic that is deleted at this moment is made anew. */
async function makeTopic(scope: InTransaction<TenantScope>, name: string): Promise<string> {
  const { db, tenantId } = scope
  for (;;) {
    await db.topic.createMany({ data: [{ tenantId, id: newId(), name }], skipDuplicates: true })
    const id = await tryToLockTopic(scope, name)
    if (id !== undefined) return id
  }
}
