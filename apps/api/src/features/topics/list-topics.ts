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
    include: { _count: { select: { subscribers: true } } },
  })
  return toPage(
    topics,
    limit,
    list,
    ({ name }) => name,
    ({ id, name, createdAt, _count: { subscribers } }) => ({
      id: showId('top', id),
      topic: name,
      subscribers,
      created_at: createdAt.toISOString(),
    }),
  )
}
