import type { Transaction } from '../client.js'

/** Rows as they are stored, as JSON. */
export interface ExportedRows {
  notifications: Record<string, unknown>[]
  deliveries: Record<string, unknown>[]
  events: Record<string, unknown>[]
}

type Rows = { row: Record<string, unknown> }[]

/** Reads what was sent to a person and what happened, the latest first, up to so many of each. */
export async function exportUser(
  db: Transaction,
  {
    tenantId,
    userId,
    shownIds,
    countMax,
  }: { tenantId: string; userId: string; shownIds: readonly string[]; countMax: number },
): Promise<ExportedRows> {
  const deliveries = await db.delivery.findMany({
    where: { tenantId, userId },
    orderBy: { id: 'desc' },
    take: countMax,
  })
  const notifications = await db.$queryRaw<Rows>`
    SELECT jsonb_build_object(
      'id', n.id, 'to', n.target, 'priority', n.priority, 'metadata', n.metadata, 'created_at', n.created_at,
      'format', c.format, 'text', c.text, 'options', c.options
    ) AS row
    FROM notifications n
    LEFT JOIN notification_contents c ON c.tenant_id = n.tenant_id AND c.notification_id = n.id
    WHERE n.tenant_id = ${tenantId}::uuid AND (
      n.target ->> 'user_id' = ${userId} OR n.target ->> 'connection_id' = ANY (${shownIds}) OR n.target -> 'user_ids' ? ${userId}
      OR n.id = ANY (${deliveries.map(({ notificationId }) => notificationId)}::uuid[])
    )
    ORDER BY n.id DESC LIMIT ${countMax}`
  const events = await db.$queryRaw<Rows>`
    SELECT jsonb_build_object('id', id, 'type', type, 'data', data, 'created_at', created_at) AS row
    FROM events
    WHERE tenant_id = ${tenantId}::uuid AND (
      data ->> 'user_id' = ${userId} OR data -> 'other_user_ids' ? ${userId}
      OR data -> 'answers' @> jsonb_build_array(jsonb_build_object('user_id', ${userId}::text))
    )
    ORDER BY id DESC LIMIT ${countMax}`
  return {
    notifications: notifications.map(({ row }) => row),
    deliveries: deliveries.map(({ id, notificationId, connectionId, status, failure, sentAt, endedAt }) => ({
      id,
      notification_id: notificationId,
      connection_id: connectionId,
      status,
      failure,
      sent_at: sentAt,
      ended_at: endedAt,
    })),
    events: events.map(({ row }) => row),
  }
}
