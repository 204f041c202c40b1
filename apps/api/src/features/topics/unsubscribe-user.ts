import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { getTopic } from './get-topic.js'

/** What a broadcast has already brought into a lane for the user still goes out. */
export async function unsubscribeUser(scope: TenantScope, name: string, userId: string): Promise<void> {
  const { db, tenantId } = scope
  const topic = await getTopic(scope, name)
  const { count } = await db.topicSubscriber.deleteMany({ where: { tenantId, topicId: topic.id, userId } })
  if (count === 0) throw notFound('subscriber', '/user_id')
}
