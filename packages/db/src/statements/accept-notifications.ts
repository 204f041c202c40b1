import type { Pool } from 'pg'

export interface NotificationToAccept {
  id: string
  tenantId: string
  /** What the caller asked for, as it is shown again. */
  target: unknown
  userId: string | undefined
  connectionId: string | undefined
  priority: 'high' | 'normal' | 'bulk'
  format: 'markdown' | 'plain'
  text: string
  metadata: unknown
  requestId: string
  traceparent: string | undefined
  idempotency: { key: string; requestHash: Buffer } | undefined
}

export interface Acceptance {
  id: string
  /** False when nobody could be reached, or when the idempotency key was used before. */
  isAccepted: boolean
  deliveries: number
  /** The lanes that have something new. */
  botIds: string[]
}

// A record of an earlier request with the same key makes its insert do nothing, after waiting for a
// transaction that is still open; the rows that follow are written only where the key's row was.
// Keys are inserted in one order, so that two batches cannot wait for each other.
const statement = `
WITH input AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                       $9::jsonb[], $10::text[], $11::text[], $12::text[], $13::bytea[])
    AS i (id, tenant_id, target, user_id, connection_id, priority, format, text, metadata, request_id, traceparent, idempotency_key, request_hash)
),
recipient AS MATERIALIZED (
  SELECT i.id AS notification_id, i.tenant_id, i.priority, c.id AS connection_id, c.user_id, c.bot_id, c.chat_id, uuid_v7() AS delivery_id
  FROM input i
  CROSS JOIN LATERAL (
    SELECT * FROM connections c WHERE c.tenant_id = i.tenant_id AND c.user_id = i.user_id AND c.status = 'active'
    UNION ALL
    SELECT * FROM connections c WHERE c.tenant_id = i.tenant_id AND c.id = i.connection_id AND c.status = 'active'
  ) c
),
reachable AS (
  SELECT notification_id, count(*)::int AS deliveries, array_agg(DISTINCT bot_id) AS bot_ids FROM recipient GROUP BY notification_id
),
claimed_key AS (
  INSERT INTO idempotency_keys (tenant_id, key, request_hash, response_status, response)
  SELECT i.tenant_id, i.idempotency_key, i.request_hash, 202, jsonb_build_object('id', i.id, 'deliveries', r.deliveries)
  FROM input i JOIN reachable r ON r.notification_id = i.id
  WHERE i.idempotency_key IS NOT NULL
  ORDER BY i.tenant_id, i.idempotency_key
  ON CONFLICT DO NOTHING
  RETURNING (response ->> 'id')::uuid AS notification_id
),
accepted AS MATERIALIZED (
  SELECT i.*, r.deliveries, r.bot_ids
  FROM input i JOIN reachable r ON r.notification_id = i.id
  WHERE i.idempotency_key IS NULL OR i.id IN (SELECT notification_id FROM claimed_key)
),
written_notifications AS (
  INSERT INTO notifications (tenant_id, id, target, priority, metadata, request_id, traceparent)
  SELECT tenant_id, id, target, priority, metadata, request_id, traceparent FROM accepted
),
written_contents AS (
  INSERT INTO notification_contents (tenant_id, notification_id, format, text)
  SELECT tenant_id, id, format, text FROM accepted
),
written_deliveries AS (
  INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id)
  SELECT r.tenant_id, r.delivery_id, r.notification_id, r.connection_id, r.user_id, r.bot_id, r.chat_id
  FROM accepted a JOIN recipient r ON r.notification_id = a.id
),
written_pending AS (
  INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id)
  SELECT r.delivery_id, r.bot_id, r.tenant_id, CASE r.priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END,
         r.chat_id, 'notification', r.notification_id, r.connection_id
  FROM accepted a JOIN recipient r ON r.notification_id = a.id
  ORDER BY a.id
),
written_events AS (
  INSERT INTO events (tenant_id, type, data, request_id)
  SELECT tenant_id, 'notification.accepted', jsonb_build_object('notification_id', id), request_id FROM accepted
)
SELECT i.id, a.id IS NOT NULL AS is_accepted, coalesce(r.deliveries, 0) AS deliveries, coalesce(a.bot_ids::text[], '{}') AS bot_ids
FROM input i LEFT JOIN reachable r ON r.notification_id = i.id LEFT JOIN accepted a ON a.id = i.id`

/**
 * Commits notifications with their deliveries, pending rows, idempotency records and events: all of
 * them in one statement, whatever their number and whoever their tenants.
 */
export async function acceptNotifications(
  engine: Pool,
  items: NotificationToAccept[],
): Promise<Map<string, Acceptance>> {
  const column = <T>(read: (item: NotificationToAccept) => T): T[] => items.map(read)
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

  const { rows } = await engine.query<{ id: string; is_accepted: boolean; deliveries: number; bot_ids: string[] }>({
    name: 'accept-notifications',
    text: statement,
    values: [
      column(({ id }) => id),
      column(({ tenantId }) => tenantId),
      column(({ target }) => json(target)),
      column(({ userId }) => userId ?? null),
      column(({ connectionId }) => connectionId ?? null),
      column(({ priority }) => priority),
      column(({ format }) => format),
      column(({ text }) => text),
      column(({ metadata }) => json(metadata)),
      column(({ requestId }) => requestId),
      column(({ traceparent }) => traceparent ?? null),
      column(({ idempotency }) => idempotency?.key ?? null),
      column(({ idempotency }) => idempotency?.requestHash ?? null),
    ],
  })
  return new Map(
    rows.map((row) => [
      row.id,
      { id: row.id, isAccepted: row.is_accepted, deliveries: row.deliveries, botIds: row.bot_ids },
    ]),
  )
}
