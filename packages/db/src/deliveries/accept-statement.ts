import { eventsOf, insertEvents } from '../events/insert-events.js'
import { keyLock } from '../key-locks.js'
import { defineStatement, inputRows } from '../sql.js'
import { priorityRank } from './delivery-states.js'
import { joinLanes } from './join-lane.js'

export const request = inputRows('request', {
  no: 'int',
  is_atomic: 'bool',
  idempotency_key: 'text',
  request_hash: 'bytea',
})

export const input = inputRows(
  'input',
  {
    id: 'uuid',
    request_no: 'int',
    tenant_id: 'uuid',
    target: 'jsonb',
    priority: 'text',
    format: 'text',
    text: 'text',
    options: 'jsonb',
    metadata: 'jsonb',
    request_id: 'text',
    traceparent: 'text',
    send_at: 'timestamptz',
    expires_at: 'timestamptz',
    on_unknown: 'text',
    awaits_users: 'bool',
    is_broadcast: 'bool',
    topic_id: 'uuid',
    dedupe_key: 'text',
    dedupe_until: 'timestamptz',
    dedupe_window: 'int',
    facts: 'jsonb',
  },
  request.next,
)

export const wanted = inputRows(
  'wanted',
  { notification_id: 'uuid', user_id: 'text', connection_id: 'uuid' },
  input.next,
)

// A record of an earlier request with the same key makes its insert do nothing; the rows that follow are written only
// where the key's row was. The same holds for dedupe keys. A request whose keys belong to a transaction that is still
// open is busy, and left out: no other request of the statement waits for it.
export const accept = defineStatement(
  'accept-notifications',
  `
WITH ${request.text},
${input.text},
${wanted.text},
found AS (
  SELECT
    i.id AS notification_id,
    i.tenant_id,
    w.user_id AS wanted_user_id,
    c.id AS connection_id,
    coalesce(c.user_id, w.user_id) AS user_id,
    c.bot_id,
    c.chat_id,
    c.id IS NOT NULL OR (i.awaits_users AND w.user_id IS NOT NULL) AS is_reachable,
    CASE WHEN c.id IS NULL THEN 1
      ELSE row_number() OVER (PARTITION BY i.id, c.bot_id, c.chat_id ORDER BY c.user_id) END AS place_in_chat
  FROM wanted w
  JOIN input i ON i.id = w.notification_id
  LEFT JOIN LATERAL (
    SELECT * FROM connections c WHERE c.tenant_id = i.tenant_id AND c.user_id = w.user_id AND c.status = 'active'
    UNION ALL
    SELECT * FROM connections c WHERE c.tenant_id = i.tenant_id AND c.id = w.connection_id AND c.status = 'active'
  ) c ON true
),
recipients AS MATERIALIZED (
  -- A chat that several of them share gets it once.
  SELECT *, uuidv7() AS delivery_id FROM found WHERE place_in_chat = 1
),
reach AS (
  SELECT
    notification_id,
    count(*) FILTER (WHERE is_reachable)::int AS deliveries,
    count(*) FILTER (WHERE is_reachable AND connection_id IS NULL)::int AS awaiting_user,
    array_agg(DISTINCT bot_id) FILTER (WHERE bot_id IS NOT NULL) AS bot_ids,
    array_agg(wanted_user_id) FILTER (WHERE NOT is_reachable AND wanted_user_id IS NOT NULL) AS skipped
  FROM recipients
  GROUP BY notification_id
),
candidates AS MATERIALIZED (
  SELECT
    i.*,
    coalesce(r.deliveries, 0) AS deliveries,
    coalesce(r.awaiting_user, 0) AS awaiting_user,
    coalesce(r.bot_ids, '{}') AS bot_ids,
    coalesce(r.skipped, '{}') AS skipped,
    -- A question that everybody is to answer has to reach everybody.
    i.is_broadcast OR (
      coalesce(r.deliveries, 0) > 0 AND (r.skipped IS NULL OR i.options -> 'question' ->> 'quorum' IS DISTINCT FROM 'all')
    ) AS is_reachable
  FROM input i
  LEFT JOIN reach r ON r.notification_id = i.id
),
busy_requests AS MATERIALIZED (
  SELECT DISTINCT c.request_no AS no
  FROM candidates c
  JOIN request r ON r.no = c.request_no
  WHERE (r.idempotency_key IS NOT NULL
      AND NOT pg_try_advisory_xact_lock(${keyLock('idempotency', 'c.tenant_id', 'r.idempotency_key')}))
    OR (c.dedupe_key IS NOT NULL
      AND NOT pg_try_advisory_xact_lock(${keyLock('dedupe', 'c.tenant_id', 'c.dedupe_key')}))
),
acceptable_requests AS MATERIALIZED (
  SELECT
    r.no,
    r.idempotency_key,
    r.request_hash,
    (array_agg(c.tenant_id))[1] AS tenant_id,
    -- Of requests with the same key the first is carried out.
    row_number() OVER (PARTITION BY (array_agg(c.tenant_id))[1], r.idempotency_key ORDER BY r.no) = 1 AS is_first,
    -- Facts that most have in common are not kept with each of them.
    jsonb_agg(c.facts || jsonb_strip_nulls(jsonb_build_object(
      'id', c.id,
      'deliveries', nullif(c.deliveries, 1),
      'awaiting_user', nullif(c.awaiting_user, 0),
      'skipped', nullif(c.skipped, '{}'),
      'is_reachable', nullif(c.is_reachable, true)
    )) ORDER BY c.id) AS acceptances
  FROM request r
  JOIN candidates c ON c.request_no = r.no
  WHERE r.no NOT IN (SELECT no FROM busy_requests)
  GROUP BY r.no, r.is_atomic, r.idempotency_key, r.request_hash
  HAVING bool_and(c.is_reachable) OR (bool_or(c.is_reachable) AND NOT r.is_atomic)
),
claimed_keys AS (
  INSERT INTO idempotency_keys (tenant_id, key, request_hash, result)
  SELECT tenant_id, idempotency_key, request_hash, jsonb_build_object('acceptances', acceptances)
  FROM acceptable_requests
  WHERE idempotency_key IS NOT NULL AND is_first
  ORDER BY tenant_id, idempotency_key
  ON CONFLICT DO NOTHING
  RETURNING tenant_id, key
),
granted AS MATERIALIZED (
  SELECT c.*
  FROM candidates c
  JOIN acceptable_requests r ON r.no = c.request_no
  WHERE c.is_reachable AND (
    r.idempotency_key IS NULL
    OR (r.is_first AND (r.tenant_id, r.idempotency_key) IN (SELECT tenant_id, key FROM claimed_keys))
  )
),
claimed_dedupe_keys AS (
  INSERT INTO dedupe_keys (tenant_id, key, notification_id, expires_at)
  SELECT DISTINCT ON (tenant_id, dedupe_key) tenant_id, dedupe_key, id, dedupe_until
  FROM granted
  WHERE dedupe_key IS NOT NULL
  ORDER BY tenant_id, dedupe_key, id
  ON CONFLICT (tenant_id, key) DO UPDATE SET
    notification_id = excluded.notification_id,
    expires_at = excluded.expires_at
    -- An earlier one shields only what was delivered, or still can be.
    WHERE dedupe_keys.expires_at <= clock_timestamp()
      OR NOT shields_from_others(dedupe_keys.tenant_id, dedupe_keys.notification_id)
  RETURNING notification_id
),
accepted AS MATERIALIZED (
  SELECT *, ${priorityRank('priority')} AS rank
  FROM granted
  WHERE dedupe_key IS NULL OR id IN (SELECT notification_id FROM claimed_dedupe_keys)
),
new_deliveries AS MATERIALIZED (
  SELECT
    r.delivery_id AS id,
    a.tenant_id,
    a.id AS notification_id,
    r.connection_id,
    r.user_id,
    r.bot_id,
    r.chat_id,
    a.rank AS priority,
    a.send_at,
    a.expires_at,
    a.on_unknown,
    CASE WHEN r.connection_id IS NULL THEN 'awaiting_user' WHEN a.send_at IS NULL THEN 'queued' ELSE 'scheduled' END AS status
  FROM accepted a
  JOIN recipients r ON r.notification_id = a.id AND r.is_reachable
),
written_notifications AS (
  INSERT INTO notifications (
    tenant_id, id, target, priority, metadata, request_id, traceparent, send_at, expires_at, on_unknown,
    awaits_users, dedupe_key, dedupe_window
  )
  SELECT
    tenant_id, id, target, priority, metadata, request_id, traceparent, send_at, expires_at, on_unknown,
    awaits_users, dedupe_key, dedupe_window
  FROM accepted
),
written_contents AS (
  INSERT INTO notification_contents (tenant_id, notification_id, format, text, options)
  SELECT tenant_id, id, format, text, options FROM accepted
),
written_deliveries AS (
  INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id, status)
  SELECT tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id, status FROM new_deliveries
),
${joinLanes({ from: 'new_deliveries', orderBy: 'notification_id' })},
written_broadcasts AS (
  INSERT INTO broadcasts (tenant_id, notification_id, topic_id, audience_at, starts_at)
  SELECT tenant_id, id, topic_id, coalesce(send_at, clock_timestamp()), coalesce(send_at, clock_timestamp())
  FROM accepted
  WHERE is_broadcast
),
told AS (
  ${insertEvents(
    eventsOf('notification.accepted', { from: 'accepted', data: { notification_id: 'id' }, requestId: 'request_id' }),
  )}
)
SELECT
  c.id,
  c.deliveries,
  c.awaiting_user,
  c.skipped,
  c.bot_ids::text[] AS bot_ids,
  CASE
    WHEN c.request_no IN (SELECT no FROM busy_requests) THEN 'busy'
    WHEN c.id IN (SELECT id FROM accepted) THEN 'accepted'
    WHEN NOT c.is_reachable THEN 'unreachable'
    WHEN c.id IN (SELECT id FROM granted) THEN 'duplicate'
    ELSE 'refused'
  END AS result
FROM candidates c`,
)
