import type { Transaction } from '../client.js'

interface Row {
  /** A UUID of version 7: the larger, the later. */
  id: string
}

export interface ExportedRows {
  /** As they are stored, as JSON. Of others whom they went to nothing is told. */
  notifications: Row[]
  deliveries: (Row & { notificationId: string; connectionId: string | null })[]
  events: Row[]
  /** The id before which there is more; undefined where this is the rest. */
  endsAt: string | undefined
}

interface Exported {
  tenantId: string
  userId: string
  shownIds: readonly string[]
  countMax: number
  /** Only what has a smaller id. */
  before: string | undefined
}

const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Reads what was sent to a person and what happened, the latest first, up to so many of each. */
export async function exportUser(
  db: Transaction,
  { tenantId, userId, shownIds, countMax, before = lastUuid }: Exported,
): Promise<ExportedRows> {
  const deliveries = await db.delivery.findMany({
    where: { tenantId, userId, id: { lt: before } },
    orderBy: { id: 'desc' },
    take: countMax,
  })
  const notifications = await db.$queryRaw<{ row: Row }[]>`
    SELECT jsonb_build_object(
      'id', n.id,
      'to', CASE WHEN n.target ? 'user_ids' THEN jsonb_set(n.target, '{user_ids}', jsonb_build_array(${userId}::text)) ELSE n.target END,
      'priority', n.priority, 'metadata', n.metadata, 'created_at', n.created_at,
      'format', c.format, 'text', c.text, 'options', c.options
    ) AS row
    FROM notifications n
    LEFT JOIN notification_contents c ON c.tenant_id = n.tenant_id AND c.notification_id = n.id
    WHERE n.tenant_id = ${tenantId}::uuid AND n.id < ${before}::uuid AND (
      n.target ->> 'user_id' = ${userId} OR n.target ->> 'connection_id' = ANY (${shownIds}) OR n.target -> 'user_ids' ? ${userId}
      OR n.id = ANY (${deliveries.map(({ notificationId }) => notificationId)}::uuid[])
    )
    ORDER BY n.id DESC LIMIT ${countMax}`
  const events = await db.$queryRaw<{ row: Row }[]>`
    SELECT jsonb_build_object('id', id, 'type', type, 'data', data, 'created_at', created_at) AS row
    FROM events
    WHERE tenant_id = ${tenantId}::uuid AND id < ${before}::uuid AND (
      data ->> 'user_id' = ${userId} OR data -> 'other_user_ids' ? ${userId}
      OR data -> 'answers' @> jsonb_build_array(jsonb_build_object('user_id', ${userId}::text))
    )
    ORDER BY id DESC LIMIT ${countMax}`
  const read = {
    notifications: notifications.map(({ row }) => row),
    deliveries: deliveries.map(({ id, notificationId, connectionId, status, failure, sentAt, endedAt }) => ({
      id,
      notificationId,
      connectionId,
      status,
      failure,
      sent_at: sentAt,
      ended_at: endedAt,
    })),
    events: events.map(({ row }) => row),
  }
  // A page ends where the first of the lists does, so that the next one goes on there with all of them.
  const ends = Object.values(read).flatMap((rows) => (rows.length < countMax ? [] : (rows.at(-1)?.id ?? [])))
  const endsAt = ends.toSorted().at(-1)
  const onPage = <Item extends Row>(rows: Item[]): Item[] =>
    endsAt === undefined ? rows : rows.filter(({ id }) => id >= endsAt)
  return {
    notifications: onPage(read.notifications),
    deliveries: onPage(read.deliveries),
    events: onPage(read.events),
    endsAt,
  }
}
