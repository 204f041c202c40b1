import type { TenantContext } from '../../context.js'
import { readCursor, toPage } from '../../http/cursors.js'
import { getTopic } from './get-topic.js'
import type { TopicListQuery } from './schemas.js'

/** In the order of their ids. */
export async function listSubscribers(ctx: TenantContext, name: string, { limit, cursor }: TopicListQuery) {
  const { db, tenantId } = ctx
  const scope = ['subscribers', tenantId, name]
  const after = readCursor(scope, cursor)
  const topic = await getTopic(ctx, name)
  const subscribers = await db.topicSubscriber.findMany({
    where: { tenantId, topicId: topic.id, ...(after === undefined ? {} : { userId: { gt: after } }) },
    orderBy: { userId: 'asc' },
    take: limit + 1,
  })
  return toPage(
    subscribers,
    limit,
    scope,
    ({ userId }) => userId,
    ({ userId, subscribedAt }) => ({ user_id: userId, subscribed_at: subscribedAt.toISOString() }),
  )
}
