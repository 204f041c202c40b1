import { inTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import { lockTopic } from './lock-topic.js'

/**
 * Deletes a topic with its subscriptions. What was sent to it stays, and what waits in a lane for it still goes out.
 * @throws `not_found`
 */
export async function deleteTopic(scope: TenantScope, name: string): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const id = await lockTopic(scope, name)
    await db.topicSubscriber.deleteMany({ where: { tenantId, topicId: id } })
    await db.topic.delete({ where: { tenantId_id: { tenantId, id } } })
    await recordAudit(scope, { tenantId, action: 'topic.deleted', object: { type: 'topic', id: name } })
  })
}
