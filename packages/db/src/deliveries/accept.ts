import type { Pool } from 'pg'

export type Priority = 'high' | 'normal' | 'bulk'

/** To whom a notification goes: named users or one connection, or an audience that is expanded later. */
export type Audience =
  | { kind: 'users'; userIds: string[] }
  | { kind: 'connection'; connectionId: string | undefined }
  | { kind: 'topic'; topicId: string }
  | { kind: 'everyone' }

export interface NotificationToAccept {
  id: string
  tenantId: string
  /** What the caller asked for, as it is shown again. */
  target: unknown
  audience: Audience
  priority: Priority
  format: string
  text: string
  /** Everything of the message but its text; undefined where there is nothing else. */
  message: object | undefined
  metadata: unknown
  requestId: string
  traceparent: string | undefined
  sendAt: Date | undefined
  expiresAt: Date | undefined
  onUnknown: 'resend' | 'hold'
  /** Users without a connection are waited for. */
  isHeldUntilConnected: boolean
  dedupe: { key: string; until: Date } | undefined
  /** Kept with the idempotency record, for the answer to be given again. */
  answer: object
}

/** The notifications of one request. */
export interface AcceptRequest {
  notifications: NotificationToAccept[]
  /** All or none: one that reaches nobody keeps the others from being accepted. */
  isAtomic: boolean
  idempotency: { key: string; requestHash: Buffer } | undefined
}

export interface Acceptance {
  id: string
  /**
   * - `accepted`: on disk.
   * - `unreachable`: there is nobody to send to.
   * - `duplicate`: its dedupe key stands for an earlier notification.
   * - `refused`: the idempotency key was used before, or another of an atomic request is unreachable.
   */
  result: 'accepted' | 'unreachable' | 'duplicate' | 'refused'
  deliveries: number
  /** How many of the deliveries wait for their user to connect. */
  held: number
  /** Users who cannot be reached. */
  skipped: string[]
  /** The lanes that have something new. */
  botIds: string[]
}

// A record of an earlier request with the same key makes its insert do nothing, after waiting for a
// transaction that is still open; the rows that follow are written only where the key's row was. The same
// holds for dedupe keys. Keys are inserted in one order, so that two batches cannot wait for each other.
const statement = `
WITH request AS MATERIALIZED (
  SELECT * FROM unnest($1::int[], $2::bool[], $3::text[], $4::bytea[]) AS r (no, is_atomic, idempotency_key, request_hash)
),
input AS MATERIALIZED (
  SELECT * FROM unnest($5::uuid[], $6::int[], $7::uuid[], $8::jsonb[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::text[],
                       $14::text[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::bool[], $19::bool[], $20::uuid[], $21::text[], $22::timestamptz[], $23::jsonb[], $24::jsonb[])
    AS i (id, request_no, tenant_id, target, priority, format, text, metadata, request_id,
          traceparent, send_at, expires_at, on_unknown, is_holding, is_broadcast, topic_id, dedupe_key, dedupe_until, answer, message)
),
recipient AS MATERIALIZED (
  SELECT i.id AS notification_id, i.tenant_id, t.user_id AS wanted_user_id, c.id AS connection_id, coalesce(c.user_id, t.user_id) AS user_id,
    c.bot_id, c.chat_id, c.id IS NOT NULL OR (i.is_holding AND t.user_id IS NOT NULL) AS is_reachable, uuid_v7() AS delivery_id
  FROM unnest($25::uuid[], $26::text[], $27::uuid[]) AS t (notification_id, user_id, connection_id)
  JOIN input i ON i.id = t.notification_id
  LEFT JOIN LATERAL (
    SELECT * FROM connections c WHERE c.tenant_id = i.tenant_id AND c.user_id = t.user_id AND c.status = 'active'
    UNION ALL
    SELECT * FROM connections c WHERE c.tenant_id = i.tenant_id AND c.id = t.connection_id AND c.status = 'active'
  ) c ON true
),
reach AS (
  SELECT notification_id, count(*) FILTER (WHERE is_reachable)::int AS deliveries,
    count(*) FILTER (WHERE is_reachable AND connection_id IS NULL)::int AS held,
    array_agg(DISTINCT bot_id) FILTER (WHERE bot_id IS NOT NULL) AS bot_ids,
    array_agg(wanted_user_id) FILTER (WHERE NOT is_reachable AND wanted_user_id IS NOT NULL) AS skipped
  FROM recipient GROUP BY notification_id
),
candidate AS MATERIALIZED (
  SELECT i.*, coalesce(r.deliveries, 0) AS deliveries, coalesce(r.held, 0) AS held, coalesce(r.bot_ids, '{}') AS bot_ids,
    coalesce(r.skipped, '{}') AS skipped, i.is_broadcast OR coalesce(r.deliveries, 0) > 0 AS is_reachable
  FROM input i LEFT JOIN reach r ON r.notification_id = i.id
),
able AS MATERIALIZED (
  SELECT r.no, r.idempotency_key, r.request_hash, (array_agg(c.tenant_id))[1] AS tenant_id,
    jsonb_agg(c.answer || jsonb_build_object('id', c.id, 'deliveries', c.deliveries, 'held', c.held, 'skipped', c.skipped, 'is_reachable', c.is_reachable) ORDER BY c.id) AS answers
  FROM request r JOIN candidate c ON c.request_no = r.no
  GROUP BY r.no, r.is_atomic, r.idempotency_key, r.request_hash
  HAVING bool_and(c.is_reachable) OR (bool_or(c.is_reachable) AND NOT r.is_atomic)
),
claimed_key AS (
  INSERT INTO idempotency_keys (tenant_id, key, request_hash, response_status, response)
  SELECT tenant_id, idempotency_key, request_hash, 202, jsonb_build_object('request', no, 'answers', answers)
  FROM able WHERE idempotency_key IS NOT NULL
  ORDER BY tenant_id, idempotency_key
  ON CONFLICT DO NOTHING
  RETURNING (response ->> 'request')::int AS no
),
granted AS MATERIALIZED (
  SELECT c.* FROM candidate c JOIN able r ON r.no = c.request_no
  WHERE c.is_reachable AND (r.idempotency_key IS NULL OR r.no IN (SELECT no FROM claimed_key))
),
claimed_dedupe AS (
  INSERT INTO dedupe_keys (tenant_id, key, notification_id, expires_at)
  SELECT DISTINCT ON (tenant_id, dedupe_key) tenant_id, dedupe_key, id, dedupe_until
  FROM granted WHERE dedupe_key IS NOT NULL
  ORDER BY tenant_id, dedupe_key, id
  ON CONFLICT (tenant_id, key) DO UPDATE SET notification_id = excluded.notification_id, expires_at = excluded.expires_at
    WHERE dedupe_keys.expires_at <= clock_timestamp()
  RETURNING notification_id
),
accepted AS MATERIALIZED (
  SELECT *, CASE priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END AS rank FROM granted
  WHERE dedupe_key IS NULL OR id IN (SELECT notification_id FROM claimed_dedupe)
),
delivery AS MATERIALIZED (
  SELECT a.id AS notification_id, a.tenant_id, a.rank, a.send_at, a.expires_at, a.on_unknown,
    r.delivery_id, r.connection_id, r.user_id, r.bot_id, r.chat_id,
    CASE WHEN r.connection_id IS NULL THEN 'held' WHEN a.send_at IS NULL THEN 'queued' ELSE 'scheduled' END AS status
  FROM accepted a JOIN recipient r ON r.notification_id = a.id AND r.is_reachable
),
written_notifications AS (
  INSERT INTO notifications (tenant_id, id, target, priority, metadata, request_id, traceparent, send_at, expires_at, on_unknown)
  SELECT tenant_id, id, target, priority, metadata, request_id, traceparent, send_at, expires_at, on_unknown FROM accepted
),
written_contents AS (
  INSERT INTO notification_contents (tenant_id, notification_id, format, text, message)
  SELECT tenant_id, id, format, text, message FROM accepted
),
written_deliveries AS (
  INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id, status)
  SELECT tenant_id, delivery_id, notification_id, connection_id, user_id, bot_id, chat_id, status FROM delivery
),
written_pending AS (
  INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, expires_at, is_held_if_unknown)
  SELECT delivery_id, bot_id, tenant_id, rank, chat_id, 'notification', notification_id, connection_id, expires_at, on_unknown = 'hold'
  FROM delivery WHERE status = 'queued'
  ORDER BY notification_id
),
written_waiting AS (
  INSERT INTO waiting_deliveries (id, tenant_id, notification_id, user_id, connection_id, priority, due_at, expires_at)
  SELECT delivery_id, tenant_id, notification_id, user_id, connection_id, rank, CASE status WHEN 'scheduled' THEN send_at END, expires_at
  FROM delivery WHERE status <> 'queued'
),
written_broadcasts AS (
  INSERT INTO broadcasts (tenant_id, notification_id, topic_id, audience_at, starts_at)
  SELECT tenant_id, id, topic_id, coalesce(send_at, clock_timestamp()), coalesce(send_at, clock_timestamp()) FROM accepted WHERE is_broadcast
),
written_events AS (
  INSERT INTO events (tenant_id, type, data, request_id)
  SELECT tenant_id, 'notification.accepted', jsonb_build_object('notification_id', id), request_id FROM accepted
)
SELECT c.id, c.deliveries, c.held, c.skipped, c.bot_ids::text[] AS bot_ids,
  CASE WHEN c.id IN (SELECT id FROM accepted) THEN 'accepted'
       WHEN NOT c.is_reachable THEN 'unreachable'
       WHEN c.id IN (SELECT id FROM granted) THEN 'duplicate'
       ELSE 'refused' END AS result
FROM candidate c`

interface Row {
  id: string
  result: Acceptance['result']
  deliveries: number
  held: number
  skipped: string[]
  bot_ids: string[]
}

/**
 * Commits notifications with their deliveries, idempotency records and events: all of them in one
 * statement, whatever their number and whoever their tenants. An audience is written down and expanded later.
 * @returns what became of each notification, by its id.
 */
export async function acceptNotifications(engine: Pool, requests: AcceptRequest[]): Promise<Map<string, Acceptance>> {
  const { rows } = await engine.query<Row>({
    name: 'accept-notifications',
    text: statement,
    values: [...requestColumns(requests), ...notificationColumns(requests), ...recipientColumns(requests)],
  })
  return new Map(rows.map(({ bot_ids: botIds, ...acceptance }) => [acceptance.id, { ...acceptance, botIds }]))
}

function requestColumns(requests: AcceptRequest[]): unknown[] {
  return [
    requests.map((_, no) => no),
    requests.map(({ isAtomic }) => isAtomic),
    requests.map(({ idempotency }) => idempotency?.key ?? null),
    requests.map(({ idempotency }) => idempotency?.requestHash ?? null),
  ]
}

function notificationColumns(requests: AcceptRequest[]): unknown[] {
  const items = requests.flatMap(({ notifications }, no) => notifications.map((item) => ({ no, ...item })))
  const column = <T>(read: (item: (typeof items)[number]) => T): T[] => items.map(read)
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
  return [
    column(({ id }) => id),
    column(({ no }) => no),
    column(({ tenantId }) => tenantId),
    column(({ target }) => json(target)),
    column(({ priority }) => priority),
    column(({ format }) => format),
    column(({ text }) => text),
    column(({ metadata }) => json(metadata)),
    column(({ requestId }) => requestId),
    column(({ traceparent }) => traceparent ?? null),
    column(({ sendAt }) => sendAt ?? null),
    column(({ expiresAt }) => expiresAt ?? null),
    column(({ onUnknown }) => onUnknown),
    column(({ isHeldUntilConnected }) => isHeldUntilConnected),
    column(({ audience }) => audience.kind === 'topic' || audience.kind === 'everyone'),
    column(({ audience }) => (audience.kind === 'topic' ? audience.topicId : null)),
    column(({ dedupe }) => dedupe?.key ?? null),
    column(({ dedupe }) => dedupe?.until ?? null),
    column(({ answer }) => json(answer)),
    column(({ message }) => json(message)),
  ]
}

interface Recipient {
  notificationId: string
  userId: string | null
  connectionId: string | null
}

function recipientColumns(requests: AcceptRequest[]): unknown[] {
  const recipients = requests.flatMap(({ notifications }) => notifications.flatMap(recipientsOf))
  return [
    recipients.map(({ notificationId }) => notificationId),
    recipients.map(({ userId }) => userId),
    recipients.map(({ connectionId }) => connectionId),
  ]
}

function recipientsOf({ id: notificationId, audience }: NotificationToAccept): Recipient[] {
  switch (audience.kind) {
    case 'users':
      return audience.userIds.map((userId) => ({ notificationId, userId, connectionId: null }))
    case 'connection':
      return [{ notificationId, userId: null, connectionId: audience.connectionId ?? null }]
    case 'topic':
    case 'everyone':
      return []
  }
}
