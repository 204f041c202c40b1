import type { TenantScope } from '@tellwire/domain'
import { readCursor, toPage } from '../../http/cursors.js'
import { getTopic } from './get-topic.js'
import type { TopicListQuery } from './schemas.js'

/** In the order of their ids. */
export async function listSubscribers(scope: TenantScope, name: string, { limit, cursor }: TopicListQuery) {
  const { db, tenantId } = scope
  const list = ['subscribers', tenantId, name]
  const after = readCursor(list, cursor)
  const topic = await getTopic(scope, name)
  const subscribers = await db.topicSubscriber.findMany({
    where: { tenantId, topicId: topic.id, ...(after === undefined ? {} : { userId: { gt: after } }) },
    orderBy: { userId: 'asc' },
    take: limit + 1,
  })
  return toPage(
    subscribers,
    limit,
    list,
    ({ userId }) => userId,
    ({ userId, subscribedAt }) => ({ user_id: userId, subscribed_at: subscribedAt.toISOString() }),
  )
}
