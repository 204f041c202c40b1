import { nilUuid } from '../ids.js'
import { defineStatement, inputRows, probe } from '../sql.js'

/** Tenants of one priority that a claim looks at; the next one goes on after them. */
const tenantsMax = 200

const lane = 'p.bot_id = $1 AND NOT p.is_paused AND p.priority'
const tenant = `coalesce(p.tenant_id, '${nilUuid}'::uuid)`
const firstChat = '(-9223372036854775808)::bigint'
const lastChat = '9223372036854775807::bigint'

export const wanted = inputRows(
  'wanted',
  { priority: 'smallint', count_max: 'int', virtual_time: 'float8', after_tenant: 'uuid' },
  3,
)
export const positions = inputRows(
  'positions',
  { priority: 'smallint', tenant_id: 'uuid', chat_id: 'bigint', finish_time: 'float8', sent_finish_time: 'float8' },
  wanted.next,
)
const lookahead = `$${positions.next}::float8`
const busyChats = `$${positions.next + 1}::bigint[]`
const headColumns = 'p.id, p.claimed_by, p.not_before, p.notification_id, p.is_counted'

// Two recursions skip through the lane's index: from tenant to tenant, and for each of them from chat to
// chat, one head each, beginning after the chat that was served last and going once around. So the cost
// depends on the heads that are looked at and not on what waits behind them. Of what is due, each
// priority takes those whose virtual time comes first, which shares the lane by the tenants' weights.
export const claim = defineStatement(
  'claim-deliveries',
  `
WITH RECURSIVE ${wanted.text},
${positions.text},
tenant_scan AS (
  SELECT w.priority, w.after_tenant AS tenant_id, 0 AS hop,
    CASE w.after_tenant WHEN '${nilUuid}' THEN ${firstChat} ELSE ${lastChat} END AS chat_id
  FROM wanted w
  WHERE w.count_max > 0
  UNION ALL
  SELECT s.priority, n.tenant_id, s.hop + 1, ${lastChat}
  FROM tenant_scan s
  CROSS JOIN LATERAL (
    SELECT ${tenant} AS tenant_id
    FROM pending_deliveries p
    WHERE ${lane} = s.priority AND (${tenant}, p.chat_id) > (s.tenant_id, s.chat_id)
    ORDER BY ${tenant}, p.chat_id, p.seq LIMIT 1
  ) n
  WHERE s.hop < ${tenantsMax}
),
tenant_shares AS MATERIALIZED (
  SELECT
    s.priority,
    s.tenant_id,
    s.hop AS tenant_hop,
    w.count_max,
    coalesce(t.weight, 1) AS weight,
    coalesce(k.chat_id, ${firstChat}) AS start,
    coalesce(k.finish_time, min(k.sent_finish_time) OVER of_priority, w.virtual_time) AS finish_time,
    (
      least(
        w.count_max,
        2 * ceil(w.count_max * coalesce(t.weight, 1)::float8 / sum(coalesce(t.weight, 1)) OVER of_priority) + 2
      ) + ceil(${lookahead} / count(*) OVER of_priority)
    )::int AS hops_max
  FROM tenant_scan s
  JOIN wanted w ON w.priority = s.priority
  LEFT JOIN tenants t ON ${probe('t.id', 's.tenant_id')}
  LEFT JOIN positions k ON k.priority = s.priority AND k.tenant_id = s.tenant_id
  WHERE s.hop > 0 AND t.suspended_at IS NULL
  WINDOW of_priority AS (PARTITION BY s.priority)
),
chat_scan AS (
  SELECT h.priority, h.tenant_id, h.start, h.hops_max, h.start AS chat_id, false AS is_around, 0 AS hop, NULL::uuid AS id,
    NULL::uuid AS claimed_by, NULL::timestamptz AS not_before, NULL::uuid AS notification_id, false AS is_counted
  FROM tenant_shares h
  UNION ALL
  SELECT s.priority, s.tenant_id, s.start, s.hops_max, n.chat_id, n.is_around, s.hop + 1, n.id,
    n.claimed_by, n.not_before, n.notification_id, n.is_counted
  FROM chat_scan s
  CROSS JOIN LATERAL (
    (
      SELECT p.chat_id, s.is_around, ${headColumns}
      FROM pending_deliveries p
      WHERE ${lane} = s.priority AND ${tenant} = s.tenant_id
        AND p.chat_id > s.chat_id AND (NOT s.is_around OR p.chat_id <= s.start)
      ORDER BY p.chat_id, p.seq LIMIT 1
    )
    UNION ALL
    (
      SELECT p.chat_id, true, ${headColumns}
      FROM pending_deliveries p
      WHERE NOT s.is_around AND s.start > ${firstChat} AND ${lane} = s.priority AND ${tenant} = s.tenant_id
        AND p.chat_id <= s.start
      ORDER BY p.chat_id, p.seq LIMIT 1
    )
    LIMIT 1
  ) n
  WHERE s.hop < s.hops_max
),
heads AS MATERIALIZED (
  SELECT
    s.priority,
    s.tenant_id,
    s.chat_id,
    s.id,
    s.hop,
    s.claimed_by,
    s.claimed_by IS NOT NULL AS was_in_flight,
    c.type <> 'private' AS is_group,
    c.last_sent_at,
    s.chat_id = ANY (${busyChats}) OR s.claimed_by IS NOT DISTINCT FROM $2 AS is_busy,
    CASE WHEN s.is_counted THEN coalesce((
      SELECT b.is_paused OR b.change IS NOT DISTINCT FROM 'cancel'
      FROM broadcasts b
      WHERE b.tenant_id = s.tenant_id AND b.notification_id = s.notification_id
    ), false) ELSE false END AS is_leaving,
    greatest(
      s.not_before,
      c.paused_until,
      c.last_sent_at[cardinality(c.last_sent_at)] + interval '1 second',
      CASE WHEN c.type <> 'private' AND cardinality(c.last_sent_at) >= 20
        THEN c.last_sent_at[cardinality(c.last_sent_at) - 19] + interval '1 minute'
      END
    ) AS due_at
  FROM chat_scan s
  -- The limit keeps the planner from reading all chats of the bot.
  CROSS JOIN LATERAL (SELECT * FROM chats WHERE bot_id = $1 AND chat_id = s.chat_id LIMIT 1) c
  WHERE s.id IS NOT NULL
),
due_heads AS (
  SELECT DISTINCT ON (chat_id)
    id, priority, tenant_id, hop, chat_id, claimed_by, was_in_flight, is_group, last_sent_at
  FROM heads
  WHERE NOT is_busy AND NOT is_leaving AND coalesce(due_at <= clock_timestamp(), true)
  ORDER BY chat_id, priority, hop
),
ranked_heads AS (
  SELECT d.id, d.priority, d.hop, d.chat_id, d.claimed_by, d.was_in_flight, d.is_group, d.last_sent_at,
    h.count_max, h.tenant_hop,
    h.finish_time
      + row_number() OVER (PARTITION BY d.priority, d.tenant_id ORDER BY d.hop) / h.weight::float8 AS finish_time
  FROM due_heads d
  JOIN tenant_shares h ON h.priority = d.priority AND h.tenant_id = d.tenant_id
),
chosen_heads AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT *, row_number() OVER (PARTITION BY priority ORDER BY finish_time, tenant_hop) AS place FROM ranked_heads
  ) r
  WHERE place <= count_max
),
free_heads AS MATERIALIZED (
  -- Rows that another transaction is just ending are left to it, and those that another turn has claimed since.
  SELECT o.*
  FROM chosen_heads o
  JOIN pending_deliveries p ON ${probe('p.id', 'o.id')} AND p.claimed_by IS NOT DISTINCT FROM o.claimed_by
  FOR UPDATE OF p SKIP LOCKED
),
claimed AS MATERIALIZED (
  UPDATE pending_deliveries p SET claimed_by = $2
  FROM free_heads f, lanes l
  WHERE ${probe('p.id', 'f.id')} AND l.bot_id = $1 AND l.holder = $2
  RETURNING p.id, p.kind, p.tenant_id, p.notification_id, p.connection_id, p.attempts, p.accepted_at, p.expires_at,
    p.body, p.stops_if_unknown, p.part, p.dropped, p.strikes, p.has_unknown_part, p.not_before,
    f.priority, f.chat_id, f.was_in_flight, f.is_group, f.last_sent_at, f.finish_time, f.tenant_hop
),
counted_in_groups AS (
  -- What a dead turn may have sent to a group counts in its minute, whatever becomes of the row.
  UPDATE chats c SET last_sent_at = (c.last_sent_at || s.sent_at)[
    greatest(1, cardinality(c.last_sent_at) + cardinality(s.sent_at) - 19):
  ]
  FROM claimed d
  CROSS JOIN LATERAL (
    -- An album is one call and several messages.
    SELECT array_fill(clock_timestamp(), ARRAY[coalesce((
      SELECT greatest(1, jsonb_array_length(n.options -> 'attachments'))
      FROM notification_contents n
      WHERE n.tenant_id = d.tenant_id AND n.notification_id = d.notification_id
    ), 1)]) AS sent_at
  ) s
  WHERE d.was_in_flight AND d.is_group AND c.bot_id = $1 AND ${probe('c.chat_id', 'd.chat_id')}
),
details AS (
  SELECT
    d.id,
    d.kind,
    d.priority,
    d.tenant_id,
    d.notification_id,
    d.connection_id,
    d.chat_id::text,
    d.is_group,
    d.attempts,
    d.body,
    d.was_in_flight,
    d.strikes,
    d.has_unknown_part,
    d.stops_if_unknown,
    coalesce(d.part, 0) AS part,
    coalesce(d.dropped, '{}') AS dropped,
    d.finish_time,
    d.tenant_hop,
    (extract(epoch FROM clock_timestamp() - d.accepted_at) * 1000)::float8 AS age_ms,
    (extract(epoch FROM d.expires_at - clock_timestamp()) * 1000)::float8 AS expires_in_ms,
    n.format,
    n.text,
    n.options,
    -- It may have been cancelled while it was in flight, or was just going back.
    d.kind = 'notification' AND (d.was_in_flight OR d.not_before IS NOT NULL) AND EXISTS (
      SELECT FROM notifications c
      WHERE ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.notification_id')} AND c.cancelled_at IS NOT NULL
    ) AS is_cancelled,
    k.status AS connection_status,
    ARRAY(
      SELECT (extract(epoch FROM clock_timestamp() - sent_at) * 1000)::float8 FROM unnest(d.last_sent_at) AS sent_at
    ) AS last_send_ages_ms
  FROM claimed d
  LEFT JOIN notification_contents n ON ${probe('n.tenant_id', 'd.tenant_id')} AND ${probe('n.notification_id', 'd.notification_id')}
  LEFT JOIN connections k ON ${probe('k.tenant_id', 'd.tenant_id')} AND ${probe('k.id', 'd.connection_id')}
),
summary AS (
  SELECT
    NOT EXISTS (
      SELECT FROM (
        SELECT hops_max, max(hop) AS hops FROM chat_scan GROUP BY priority, tenant_id, hops_max
      ) s
      WHERE hops >= hops_max
    ) AS are_chats_complete,
    (
      SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float8
      FROM heads
      WHERE NOT is_busy AND NOT is_leaving AND due_at > clock_timestamp()
    ) AS next_due_in_ms,
    CASE WHEN EXISTS (SELECT FROM claimed) THEN '{}' ELSE
      ARRAY(SELECT DISTINCT chat_id::text FROM heads WHERE is_busy)
    END AS waiting_chats,
    ARRAY(
      SELECT coalesce((
        SELECT tenant_id FROM tenant_shares h WHERE h.priority = w.priority AND h.tenant_hop = ${tenantsMax}
      ), '${nilUuid}')::text
      FROM wanted w
      ORDER BY w.priority
    ) AS after_tenants
)
SELECT s.are_chats_complete, s.next_due_in_ms, s.waiting_chats, s.after_tenants, d.*
FROM summary s
LEFT JOIN details d ON true
ORDER BY d.priority, d.finish_time, d.tenant_hop`,
)
