import { inTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import { lockTopic } from './lock-topic.js'

/**
 * Deletes a topic with its subscriptions. What was sent to it stays, and what waits in a lane for it still goes out.
 * @throws `not_found`
 */
export async function deleteTopic(scope: TenantScope, name: string): Promise<void> {
  await dropSubscribers(scope, name)
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const id = await lockTopic(scope, name)
    await db.topicSubscriber.deleteMany({ where: { tenantId, topicId: id } })
    await db.topic.delete({ where: { tenantId_id: { tenantId, id } } })
    await recordAudit(scope, { tenantId, action: 'topic.deleted', object: { type: 'topic', id: name } })
  })
}

const slice = 5_000

/** Most of them go before the topic does, slice by slice: whoever subscribes meanwhile does not wait for that. */
async function dropSubscribers({ db, tenantId }: TenantScope, name: string): Promise<void> {
  let count: number
  do {
    count = await db.$executeRaw`
      DELETE FROM topic_subscribers s USING (
        SELECT x.topic_id, x.user_id FROM topics t
        CROSS JOIN LATERAL (
          SELECT topic_id, user_id FROM topic_subscribers WHERE tenant_id = t.tenant_id AND topic_id = t.id LIMIT ${slice}
        ) x
        WHERE t.tenant_id = ${tenantId}::uuid AND t.name = ${name}
      ) d
      WHERE s.tenant_id = ${tenantId}::uuid AND s.topic_id = d.topic_id AND s.user_id = d.user_id`
  } while (count > 0)
}
