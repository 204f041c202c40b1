import type { TenantScope } from '@tellwire/domain'
import { readCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import type { TopicListQuery } from './schemas.js'

/** In the order of their names. */
export async function listTopics({ db, tenantId }: TenantScope, { limit, cursor }: TopicListQuery) {
  const list = ['topics', tenantId]
  const after = readCursor(list, cursor)
  const topics = await db.topic.findMany({
    where: { tenantId, ...(after === undefined ? {} : { name: { gt: after } }) },
    orderBy: { name: 'asc' },
    take: limit + 1,
  })
  // Of those that are shown, and not of all that the tenant has.
  const counts = await db.topicSubscriber.groupBy({
    by: ['topicId'],
    where: { tenantId, topicId: { in: topics.slice(0, limit).map(({ id }) => id) } },
    _count: true,
  })
  const subscribersOf = new Map(counts.map(({ topicId, _count }) => [topicId, _count]))
  return toPage(
    topics,
    limit,
    list,
    ({ name }) => name,
    ({ id, name, createdAt }) => ({
      id: showId('top', id),
      topic: name,
      subscribers: subscribersOf.get(id) ?? 0,
      created_at: createdAt.toISOString(),
    }),
  )
}
