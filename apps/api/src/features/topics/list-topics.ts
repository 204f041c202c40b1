import type { TenantContext } from '../../context.js'
import { readCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import type { TopicListQuery } from './schemas.js'

/** In the order of their names. */
export async function listTopics({ db, tenantId }: TenantContext, { limit, cursor }: TopicListQuery) {
  const scope = ['topics', tenantId]
  const after = readCursor(scope, cursor)
  const topics = await db.topic.findMany({
    where: { tenantId, ...(after === undefined ? {} : { name: { gt: after } }) },
    orderBy: { name: 'asc' },
    take: limit + 1,
    include: { _count: { select: { subscribers: true } } },
  })
  return toPage(
    topics,
    limit,
    scope,
    ({ name }) => name,
    ({ id, name, createdAt, _count: { subscribers } }) => ({
      id: showId('top', id),
      topic: name,
      subscribers,
      created_at: createdAt.toISOString(),
    }),
  )
}
