import { type InTransaction, newId } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'

/** Makes the topic and the users that do not exist yet. @returns how many were not subscribed before. */
export async function subscribeUsers(
  { db, tenantId }: InTransaction<TenantScope>,
  name: string,
  userIds: readonly string[],
): Promise<number> {
  // In one order, so that two of these cannot wait for each other.
  const ordered = userIds.toSorted()
  await db.topic.createMany({ data: [{ tenantId, id: newId(), name }], skipDuplicates: true })
  const topic = await db.topic.findUniqueOrThrow({ where: { tenantId_name: { tenantId, name } } })
  await db.user.createMany({ data: ordered.map((userId) => ({ tenantId, userId })), skipDuplicates: true })
  const { count } = await db.topicSubscriber.createMany({
    data: ordered.map((userId) => ({ tenantId, topicId: topic.id, userId })),
    skipDuplicates: true,
  })
  return count
}
