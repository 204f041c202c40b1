import { nilUuid } from '../ids.js'
import { defineStatement, inputRows, probe } from '../sql.js'
import { hasRests, isOffered, rest, restOf, tenantInLane } from './rests.js'
import { mayBeUnderWay } from './in-flight.js'
import { seenSeqs, seenSeqsCtes } from './seen-seqs.js'

/** Tenants of one priority that a claim looks at; the next one goes on after them. */
const tenantsMax = 200

const lane = `p.bot_id = s.bot_id AND ${isOffered} AND p.priority`
const firstChat = '(-9223372036854775808)::bigint'
const lastChat = '9223372036854775807::bigint'

/** One row for each priority of each lane; `w` numbers them. */
export const wanted = inputRows('asked', {
  w: 'int',
  lane: 'int',
  bot_id: 'uuid',
  turn_id: 'uuid',
  priority: 'smallint',
  count_max: 'int',
  virtual_time: 'float8',
  after_tenant: 'uuid',
  lookahead: 'float8',
  takes_in_flight: 'bool',
  /** No row has a number below it. */
  seq_floor: 'bigint',
  tells_seqs: 'bool',
  /** By tenant: the chat that was served last, and its finish time where it has one. */
  positions: 'jsonb',
  /** By chat that several tenants write to: when each of them was served last, as a growing number. */
  served: 'jsonb',
})
export const busy = inputRows('busy', { lane: 'int', chat_id: 'bigint' }, wanted.next)

const headColumns = 'p.id, p.seq, p.claimed_by, p.not_before, p.notification_id, p.is_counted'

// Two recursions skip through the index of the lanes: from tenant to tenant, and for each of them from chat to
// chat, one head each, beginning after the chat that was served last and going once around. So the cost
// depends on the heads that are looked at and not on what waits behind them. Of what is due, each
// priority takes those whose virtual time comes first, which shares the lane by the tenants' weights.
//
// It is written for many lanes at once: what a later step needs is carried along, since a join of two steps, of which
// the planner knows no size, would compare every row of the one with every row of the other.
export const claim = defineStatement(
  'claim-deliveries',
  `
WITH RECURSIVE ${wanted.text},
${busy.text},
wanted AS MATERIALIZED (
  SELECT a.*
  FROM asked a
  JOIN lanes l ON ${probe('l.bot_id', 'a.bot_id')} AND l.holder = a.turn_id
),
tenant_scan AS (
  SELECT w.w, w.lane, w.bot_id, w.turn_id, w.priority, w.count_max, w.virtual_time, w.lookahead, w.takes_in_flight,
    w.seq_floor, w.tells_seqs, w.positions, w.served, w.after_tenant AS tenant_id, 0 AS hop,
    CASE w.after_tenant WHEN '${nilUuid}' THEN ${firstChat} ELSE ${lastChat} END AS chat_id
  FROM wanted w
  UNION ALL
  SELECT s.w, s.lane, s.bot_id, s.turn_id, s.priority, s.count_max, s.virtual_time, s.lookahead, s.takes_in_flight,
    s.seq_floor, s.tells_seqs, s.positions, s.served, n.tenant_id, s.hop + 1, ${lastChat}
  FROM tenant_scan s
  CROSS JOIN LATERAL (
    SELECT ${tenantInLane} AS tenant_id
    FROM pending_deliveries p
    WHERE ${lane} = s.priority AND (${tenantInLane}, p.chat_id) > (s.tenant_id, s.chat_id)
      AND p.seq >= s.seq_floor
    ORDER BY ${tenantInLane}, p.chat_id, p.seq LIMIT 1
  ) n
  WHERE s.hop < ${tenantsMax}
),
tenant_shares AS MATERIALIZED (
  SELECT
    row_number() OVER () AS share,
    s.w,
    s.lane,
    s.bot_id,
    s.turn_id,
    s.priority,
    s.tenant_id,
    s.hop AS tenant_hop,
    s.count_max,
    s.takes_in_flight,
    s.seq_floor,
    s.served,
    coalesce(t.weight, 1)::float8 AS weight,
    ${hasRests('s')} AS has_rests,
    coalesce((s.positions -> s.tenant_id::text ->> 'chat')::bigint, ${firstChat}) AS start,
    coalesce((s.positions -> s.tenant_id::text ->> 'finish')::float8, s.virtual_time) AS finish_time,
    (
      least(
        s.count_max,
        2 * ceil(s.count_max * coalesce(t.weight, 1)::float8 / sum(coalesce(t.weight, 1)) OVER of_priority) + 2
      ) + ceil(s.lookahead / count(*) OVER of_priority)
    )::int AS hops_max
  FROM tenant_scan s
  LEFT JOIN tenants t ON ${probe('t.id', 's.tenant_id')}
  WHERE s.hop > 0 AND t.suspended_at IS NULL
  WINDOW of_priority AS (PARTITION BY s.w)
),
chat_scan AS (
  SELECT h.share, h.w, h.lane, h.bot_id, h.turn_id, h.priority, h.tenant_id, h.tenant_hop, h.count_max, h.takes_in_flight,
    h.seq_floor, h.served, h.weight, h.has_rests, h.finish_time, h.start, h.hops_max, h.start AS chat_id, false AS is_around, 0 AS hop,
    NULL::uuid AS id, NULL::bigint AS seq, NULL::uuid AS claimed_by, NULL::timestamptz AS not_before, NULL::uuid AS notification_id,
    false AS is_counted
  FROM tenant_shares h
  UNION ALL
  SELECT s.share, s.w, s.lane, s.bot_id, s.turn_id, s.priority, s.tenant_id, s.tenant_hop, s.count_max, s.takes_in_flight,
    s.seq_floor, s.served, s.weight, s.has_rests, s.finish_time, s.start, s.hops_max, n.chat_id, n.is_around, s.hop + 1,
    n.id, n.seq, n.claimed_by, n.not_before, n.notification_id, n.is_counted
  FROM chat_scan s
  CROSS JOIN LATERAL (
    (
      SELECT p.chat_id, s.is_around, ${headColumns}
      FROM pending_deliveries p
      WHERE ${lane} = s.priority AND ${tenantInLane} = s.tenant_id
        AND p.chat_id > s.chat_id AND (NOT s.is_around OR p.chat_id <= s.start) AND p.seq >= s.seq_floor
      ORDER BY p.chat_id, p.seq LIMIT 1
    )
    UNION ALL
    (
      SELECT p.chat_id, true, ${headColumns}
      FROM pending_deliveries p
      WHERE NOT s.is_around AND s.start > ${firstChat} AND ${lane} = s.priority AND ${tenantInLane} = s.tenant_id
        AND p.chat_id <= s.start AND p.seq >= s.seq_floor
      ORDER BY p.chat_id, p.seq LIMIT 1
    )
    LIMIT 1
  ) n
  WHERE s.hop < s.hops_max
),
heads AS MATERIALIZED (
  SELECT
    s.share,
    s.w,
    s.lane,
    s.bot_id,
    s.turn_id,
    s.priority,
    s.tenant_hop,
    s.count_max,
    s.weight,
    s.finish_time,
    s.chat_id,
    s.id,
    s.hop,
    s.claimed_by,
    coalesce((s.served -> s.chat_id::text ->> s.tenant_id::text)::float8, 0) AS served_at,
    c.type <> 'private' AS is_group,
    nullif(c.last_sent_at, '{}') AS last_sent_at,
    (s.lane, s.chat_id) IN (SELECT b.lane, b.chat_id FROM busy b) OR s.claimed_by IS NOT DISTINCT FROM s.turn_id
      OR (s.claimed_by IS NOT NULL AND NOT s.takes_in_flight) AS is_busy,
    CASE WHEN s.is_counted THEN coalesce((
      SELECT b.is_paused OR b.change IS NOT DISTINCT FROM 'cancel'
      FROM broadcasts b
      WHERE b.tenant_id = s.tenant_id AND b.notification_id = s.notification_id
    ), false) ELSE false END AS is_leaving,
    greatest(
      s.not_before,
      CASE WHEN s.has_rests THEN ${restOf('s')} END,
      c.paused_until,
      -- A time that is still to come is of a clock that was set back, and tells nothing.
      CASE WHEN c.last_sent_at[cardinality(c.last_sent_at)] <= clock_timestamp()
        THEN c.last_sent_at[cardinality(c.last_sent_at)] + interval '1 second'
      END,
      CASE WHEN c.type <> 'private' AND c.last_sent_at[cardinality(c.last_sent_at) - 19] <= clock_timestamp()
        THEN c.last_sent_at[cardinality(c.last_sent_at) - 19] + interval '1 minute'
      END
    ) AS due_at
  FROM chat_scan s
  -- The limit keeps the planner from reading all chats of the bot.
  CROSS JOIN LATERAL (SELECT * FROM chats WHERE bot_id = s.bot_id AND chat_id = s.chat_id LIMIT 1) c
  WHERE s.id IS NOT NULL
),
due_heads AS (
  -- Within a chat the tenants take turns: whoever was served longest ago is next.
  SELECT DISTINCT ON (lane, chat_id) *, count(*) OVER (PARTITION BY lane, chat_id) > 1 AS is_shared
  FROM heads
  WHERE NOT is_busy AND NOT is_leaving AND coalesce(due_at <= clock_timestamp(), true)
  ORDER BY lane, chat_id, served_at, priority, finish_time, hop
),
chosen_heads AS MATERIALIZED (
  SELECT *
  FROM (
    SELECT *, row_number() OVER (PARTITION BY w ORDER BY turn, tenant_hop) AS place
    FROM (
      SELECT *, finish_time + row_number() OVER (PARTITION BY share ORDER BY hop) / weight AS turn FROM due_heads
    ) t
  ) r
  WHERE place <= count_max
),
free_heads AS MATERIALIZED (
  -- Rows that another transaction is just ending are left to it, and those that another turn has claimed since, or that
  -- were paused since.
  SELECT o.id, o.lane, o.turn_id, o.place, o.priority, o.chat_id, o.weight, o.is_group, o.is_shared, o.last_sent_at, o.claimed_by,
    p.tenant_id, p.notification_id
  FROM chosen_heads o
  JOIN pending_deliveries p ON ${probe('p.id', 'o.id')} AND p.claimed_by IS NOT DISTINCT FROM o.claimed_by
    AND p.is_paused IS NOT TRUE
  FOR UPDATE OF p SKIP LOCKED
),
-- Whoever edits a content waits until its rows are claimed, and sees that they are; what is being edited right now is left
-- for the next claim, which reads what was written.
with_contents AS MATERIALIZED (
  SELECT f.*, n.format, n.text, n.options
  FROM free_heads f
  LEFT JOIN LATERAL (
    SELECT n.format, n.text, n.options
    FROM notification_contents n
    WHERE ${probe('n.tenant_id', 'f.tenant_id')} AND ${probe('n.notification_id', 'f.notification_id')}
    LIMIT 1
    FOR SHARE OF n SKIP LOCKED
  ) n ON true
  -- What is said to one person is no notification, and carries its text itself.
  WHERE n.format IS NOT NULL OR f.notification_id IS NULL OR NOT has_content(f.tenant_id, f.notification_id)
),
claimed AS MATERIALIZED (
  UPDATE pending_deliveries p SET claimed_by = f.turn_id
  FROM with_contents f
  WHERE ${probe('p.id', 'f.id')}
  RETURNING p.id, p.bot_id, p.kind, p.tenant_id, p.notification_id, p.connection_id, p.attempts, p.accepted_at, p.expires_at,
    p.body, p.stops_if_unknown, p.part, p.dropped, p.strikes, p.has_unknown_part, p.is_cancelled,
    -- Of what is not to be repeated it is written down that its call is about to begin.
    ${mayBeUnderWay('f.claimed_by')} AS was_in_flight, f.claimed_by IS NOT NULL AS was_claimed,
    f.lane, f.place, f.priority, f.chat_id, f.weight, f.is_group, f.is_shared, f.last_sent_at, f.format, f.text, f.options
),
counted_in_groups AS (
  -- What a dead turn may have sent to a group counts in its minute, whatever becomes of the row.
  UPDATE chats c SET last_sent_at = (c.last_sent_at || s.sent_at)[
    greatest(1, cardinality(c.last_sent_at) + cardinality(s.sent_at) - 19):
  ]
  FROM claimed d
  CROSS JOIN LATERAL (
    -- An album is one call and several messages.
    SELECT array_fill(
      clock_timestamp(),
      ARRAY[greatest(1, coalesce(jsonb_array_length(d.options -> 'attachments'), 1))]
    ) AS sent_at
  ) s
  WHERE d.was_in_flight AND d.is_group AND ${probe('c.bot_id', 'd.bot_id')} AND ${probe('c.chat_id', 'd.chat_id')}
),
resting AS (
  ${rest('heads')}
),
seen_shares AS MATERIALIZED (
  SELECT lane, priority, max(hop) >= hops_max AS is_cut, min(seq) AS lowest, max(seq) AS highest
  FROM chat_scan
  GROUP BY lane, priority, share, hops_max
),
${seenSeqsCtes},
cut_off AS (
  SELECT lane, jsonb_object_agg(priority, tenant_id) AS tenants FROM tenant_scan WHERE hop = ${tenantsMax} GROUP BY lane
),
-- What somebody else has locked for a moment.
left_alone AS (
  SELECT lane FROM chosen_heads WHERE id NOT IN (SELECT c.id FROM claimed c)
),
passed_over AS (
  SELECT
    lane,
    (extract(epoch FROM
      min(due_at) FILTER (WHERE NOT is_busy AND NOT is_leaving AND due_at > clock_timestamp()) - clock_timestamp()
    ) * 1000)::float8 AS next_due_in_ms,
    jsonb_agg(DISTINCT chat_id::text) FILTER (WHERE is_busy) AS waiting_chats
  FROM heads
  GROUP BY lane
)
SELECT
  d.lane,
  d.id,
  d.place,
  d.priority,
  d.chat_id::text,
  d.tenant_id,
  d.notification_id,
  d.connection_id,
  d.weight,
  (extract(epoch FROM clock_timestamp() - d.accepted_at) * 1000)::float8 AS age_ms,
  d.format,
  d.text,
  d.options,
  -- What most rows have nothing of.
  CASE WHEN d.kind <> 'notification' OR d.is_group OR d.is_shared OR d.was_claimed OR d.stops_if_unknown OR d.has_unknown_part
    OR d.attempts > 0 OR d.strikes > 0 OR d.part IS NOT NULL OR d.dropped IS NOT NULL OR d.expires_at IS NOT NULL
    OR d.is_cancelled OR d.last_sent_at IS NOT NULL OR k.status IS DISTINCT FROM 'active'
    OR k.forum_topic IS NOT NULL OR k.muted_until IS NOT NULL
  THEN jsonb_build_object(
    'kind', d.kind,
    'body', d.body,
    'isGroup', d.is_group,
    'isShared', d.is_shared,
    'attempts', d.attempts,
    'wasClaimed', d.was_claimed,
    'wasInFlight', d.was_in_flight,
    'strikes', d.strikes,
    'stopsIfUnknown', d.stops_if_unknown,
    'hasUnknownPart', d.has_unknown_part,
    'part', coalesce(d.part, 0),
    'dropped', coalesce(d.dropped, '{}'),
    'connectionStatus', k.status,
    'expiresInMs', (extract(epoch FROM d.expires_at - clock_timestamp()) * 1000)::float8,
    'isCancelled', d.is_cancelled,
    'forumTopic', k.forum_topic,
    'isMuted', coalesce(k.muted_until > clock_timestamp(), false),
    'lastSendAgesMs', ARRAY(
      SELECT (extract(epoch FROM clock_timestamp() - sent_at) * 1000)::float8 FROM unnest(d.last_sent_at) AS sent_at
      WHERE sent_at <= clock_timestamp()
    )
  ) END AS rest
FROM claimed d
LEFT JOIN connections k ON ${probe('k.tenant_id', 'd.tenant_id')} AND ${probe('k.id', 'd.connection_id')}
UNION ALL
SELECT w.lane, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, jsonb_build_object(
  'areChatsComplete', w.lane NOT IN (SELECT s.lane FROM seen_shares s WHERE s.is_cut),
  'nextDueInMs', (SELECT o.next_due_in_ms FROM passed_over o WHERE o.lane = w.lane),
  'isAnyLocked', w.lane IN (SELECT a.lane FROM left_alone a),
  'waitingChats', (SELECT o.waiting_chats FROM passed_over o WHERE o.lane = w.lane),
  'afterTenants', (SELECT o.tenants FROM cut_off o WHERE o.lane = w.lane),
  'seqs', ${seenSeqs('w')}
)
FROM (SELECT DISTINCT lane, tells_seqs FROM wanted) w`,
)
