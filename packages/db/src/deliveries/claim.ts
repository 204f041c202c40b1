import type { Pool } from 'pg'
import { nilUuid } from '../ids.js'

/** What one tenant has had of a lane's priority, and where the scan of its chats goes on. */
export interface TenantPosition {
  priority: number
  tenantId: string
  /** The chat that was served last. */
  chatId: string
  /**
   * The tenant's virtual time: grows by 1/weight with every delivery that is taken. Null for one that nothing
   * was taken from lately: it begins where the least served of the others is.
   */
  tag: number | null
  /** The same for what was sent of it; null where nothing was lately. */
  sentTag: number | null
}

export interface ClaimRequest {
  botId: string
  turnId: string
  /** By priority (0 is `high`): how many to take at most; a priority with none is not looked at. */
  countsMax: readonly number[]
  /** By priority: the virtual time at which a tenant begins when there is none to compare it with. */
  virtualTimes: readonly number[]
  positions: readonly TenantPosition[]
  /** Chats that are not to be taken from. */
  busyChats: readonly string[]
  /** By priority: the tenant after which the scan begins; the nil UUID for the start. */
  afterTenants: readonly string[]
  /** How many heads of a priority may be passed over before the scan gives up. */
  lookahead: number
}

export interface ClaimedDelivery {
  id: string
  kind: 'notification' | 'reply' | 'change'
  priority: number
  /** Null where the row belongs to no tenant. */
  tenantId: string | null
  notificationId: string | null
  chatId: string
  isGroup: boolean
  attempts: number
  /** How old the row is, in milliseconds. */
  ageMs: number
  /** In how many milliseconds it is no longer to be sent. */
  expiresInMs: number | null
  connectionId: string | null
  format: string | null
  text: string | null
  /** Everything of the message but its text, if there is more. */
  message: unknown
  /** What a reply says, or which messages a change is about. */
  reply: unknown
  /** Null for a reply. */
  connectionStatus: string | null
  /** A turn that died had claimed it: it may have been sent. */
  wasInFlight: boolean
  isHeldIfUnknown: boolean
  /** How many calls of a message that takes several were answered. */
  part: number
  /** What Telegram refused of it, so that it goes without. */
  dropped: string[]
  /** How long ago the chat was last sent to, in milliseconds, oldest first. */
  lastSendAgesMs: number[]
  /** The virtual time at which it is its tenant's turn. */
  tag: number
}

export interface Claim {
  /** In the order in which their turn comes. */
  deliveries: ClaimedDelivery[]
  /** In how many milliseconds the first of the heads that were passed over is due, as far as the database knows. */
  nextDueInMs: number | undefined
  /** Chats that were passed over because they are among `busyChats`, or have a delivery of this turn. */
  waitingChats: string[]
  /** Whether every head of the priorities that were asked for was looked at. */
  isComplete: boolean
  /** By priority: where the next scan begins. */
  afterTenants: string[]
}

/** Tenants of one priority that a claim looks at; the next one goes on after them. */
const tenantsMax = 200

const lane = `p.bot_id = $1 AND NOT p.is_paused AND p.priority`
const tenant = `coalesce(p.tenant_id, '${nilUuid}'::uuid)`
const firstChat = '(-9223372036854775808)::bigint'
const lastChat = '9223372036854775807::bigint'

// Two recursions skip through the lane's index: from tenant to tenant, and for each of them from chat to
// chat, one head each, beginning after the chat that was served last and going once around. So the cost
// depends on the heads that are looked at and not on what waits behind them. Of what is due, each
// priority takes those whose virtual time comes first, which shares the lane by the tenants' weights.
const statement = `
WITH RECURSIVE wanted AS MATERIALIZED (
  SELECT * FROM unnest($3::smallint[], $4::int[], $5::float8[], $6::uuid[]) AS w (priority, count_max, virtual_time, after_tenant)
),
position AS MATERIALIZED (
  SELECT * FROM unnest($7::smallint[], $8::uuid[], $9::bigint[], $10::float8[], $13::float8[]) AS k (priority, tenant, chat_id, tag, sent_tag)
),
tenant_scan AS (
  SELECT w.priority, w.after_tenant AS tenant, CASE w.after_tenant WHEN '${nilUuid}' THEN ${firstChat} ELSE ${lastChat} END AS chat_id, 0 AS hop
  FROM wanted w WHERE w.count_max > 0
  UNION ALL
  SELECT s.priority, n.tenant, ${lastChat}, s.hop + 1
  FROM tenant_scan s CROSS JOIN LATERAL (
    SELECT ${tenant} AS tenant FROM pending_deliveries p
    WHERE ${lane} = s.priority AND (${tenant}, p.chat_id) > (s.tenant, s.chat_id)
    ORDER BY ${tenant}, p.chat_id, p.seq LIMIT 1
  ) n
  WHERE s.hop < ${tenantsMax}
),
share AS MATERIALIZED (
  SELECT s.priority, s.tenant, s.hop AS tenant_hop, w.count_max, coalesce(t.weight, 1) AS weight,
    coalesce(k.chat_id, ${firstChat}) AS start, 
    coalesce(k.tag, min(k.sent_tag) OVER (PARTITION BY s.priority), w.virtual_time) AS tag,
    (least(w.count_max, 2 * ceil(w.count_max * coalesce(t.weight, 1)::float8 / sum(coalesce(t.weight, 1)) OVER (PARTITION BY s.priority)) + 2)
     + ceil($11::float8 / count(*) OVER (PARTITION BY s.priority)))::int AS hops_max
  FROM tenant_scan s JOIN wanted w ON w.priority = s.priority
  LEFT JOIN tenants t ON t.id = s.tenant
  LEFT JOIN position k ON k.priority = s.priority AND k.tenant = s.tenant
  WHERE s.hop > 0
),
chat_scan AS (
  SELECT h.priority, h.tenant, h.start, h.hops_max, h.start AS chat_id, false AS is_around, 0 AS hop,
    NULL::uuid AS id, NULL::uuid AS claimed_by, NULL::timestamptz AS not_before, NULL::uuid AS notification_id, false AS is_counted
  FROM share h
  UNION ALL
  SELECT s.priority, s.tenant, s.start, s.hops_max, n.chat_id, n.is_around, s.hop + 1, n.id, n.claimed_by, n.not_before, n.notification_id, n.is_counted
  FROM chat_scan s CROSS JOIN LATERAL (
    (SELECT p.chat_id, s.is_around, p.id, p.claimed_by, p.not_before, p.notification_id, p.is_counted FROM pending_deliveries p
     WHERE ${lane} = s.priority AND ${tenant} = s.tenant AND p.chat_id > s.chat_id AND (NOT s.is_around OR p.chat_id <= s.start)
     ORDER BY p.chat_id, p.seq LIMIT 1)
    UNION ALL
    (SELECT p.chat_id, true, p.id, p.claimed_by, p.not_before, p.notification_id, p.is_counted FROM pending_deliveries p
     WHERE NOT s.is_around AND s.start > ${firstChat} AND ${lane} = s.priority AND ${tenant} = s.tenant AND p.chat_id <= s.start
     ORDER BY p.chat_id, p.seq LIMIT 1)
    LIMIT 1
  ) n
  WHERE s.hop < s.hops_max
),
head AS MATERIALIZED (
  SELECT s.priority, s.tenant, s.chat_id, s.id, s.hop, s.claimed_by, s.claimed_by IS NOT NULL AS was_in_flight,
    c.type <> 'private' AS is_group, c.last_sent_at,
    s.chat_id = ANY ($12::bigint[]) OR s.claimed_by IS NOT DISTINCT FROM $2 AS is_busy,
    CASE WHEN s.is_counted THEN coalesce((SELECT b.is_paused OR b.change IS NOT DISTINCT FROM 'cancel' FROM broadcasts b
      WHERE b.tenant_id = s.tenant AND b.notification_id = s.notification_id), false) ELSE false END AS is_leaving,
    greatest(s.not_before, c.paused_until, c.last_sent_at[cardinality(c.last_sent_at)] + interval '1 second',
      CASE WHEN c.type <> 'private' AND cardinality(c.last_sent_at) >= 20
           THEN c.last_sent_at[cardinality(c.last_sent_at) - 19] + interval '1 minute' END) AS due_at
  FROM chat_scan s
  -- The limit keeps the planner from reading all chats of the bot.
  CROSS JOIN LATERAL (SELECT * FROM chats WHERE bot_id = $1 AND chat_id = s.chat_id LIMIT 1) c
  WHERE s.id IS NOT NULL
),
due AS (
  SELECT DISTINCT ON (chat_id) id, priority, tenant, hop, chat_id, claimed_by, was_in_flight, is_group, last_sent_at FROM head
  WHERE NOT is_busy AND NOT is_leaving AND coalesce(due_at <= clock_timestamp(), true)
  ORDER BY chat_id, priority, hop
),
ranked AS (
  SELECT d.id, d.priority, d.hop, d.chat_id, d.claimed_by, d.was_in_flight, d.is_group, d.last_sent_at, h.count_max, h.tenant_hop,
    h.tag + row_number() OVER (PARTITION BY d.priority, d.tenant ORDER BY d.hop) / h.weight::float8 AS tag
  FROM due d JOIN share h ON h.priority = d.priority AND h.tenant = d.tenant
),
chosen AS MATERIALIZED (
  SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY priority ORDER BY tag, tenant_hop) AS place FROM ranked) r
  WHERE place <= count_max
),
free AS MATERIALIZED (
  -- Rows that another transaction is just ending are left to it, and those that another turn has claimed since.
  SELECT o.* FROM chosen o JOIN pending_deliveries p ON p.id = o.id AND p.claimed_by IS NOT DISTINCT FROM o.claimed_by FOR UPDATE OF p SKIP LOCKED
),
claimed AS MATERIALIZED (
  UPDATE pending_deliveries p SET claimed_by = $2
  FROM free, lanes l
  WHERE p.id = free.id AND l.bot_id = $1 AND l.holder = $2
  RETURNING p.id, p.kind, p.tenant_id, p.notification_id, p.connection_id, p.attempts, p.accepted_at, p.expires_at, p.reply,
    p.is_held_if_unknown, p.part, p.dropped, free.priority, free.chat_id, free.was_in_flight, free.is_group, free.last_sent_at, free.tag, free.tenant_hop
),
counted AS (
  -- What a dead turn may have sent to a group counts in its minute, whatever becomes of the row.
  UPDATE chats c SET last_sent_at = (c.last_sent_at || s.sent_at)[greatest(1, cardinality(c.last_sent_at) + cardinality(s.sent_at) - 19):]
  FROM claimed d CROSS JOIN LATERAL (
    -- An album is one call and several messages.
    SELECT array_fill(clock_timestamp(), ARRAY[coalesce((
      SELECT greatest(1, jsonb_array_length(n.message -> 'attachments')) FROM notification_contents n
      WHERE n.tenant_id = d.tenant_id AND n.notification_id = d.notification_id), 1)]) AS sent_at
  ) s
  WHERE d.was_in_flight AND d.is_group AND c.bot_id = $1 AND c.chat_id = d.chat_id
),
detail AS (
  SELECT d.priority, d.chat_id::text, d.was_in_flight, d.is_group, d.tag, d.tenant_hop,
    d.id, d.kind, d.tenant_id, d.notification_id, d.connection_id, d.attempts, d.reply, d.is_held_if_unknown, coalesce(d.part, 0) AS part, coalesce(d.dropped, '{}') AS dropped,
    (extract(epoch FROM clock_timestamp() - d.accepted_at) * 1000)::float8 AS age_ms,
    (extract(epoch FROM d.expires_at - clock_timestamp()) * 1000)::float8 AS expires_in_ms,
    n.format, n.text, n.message, k.status AS connection_status,
    ARRAY(SELECT (extract(epoch FROM clock_timestamp() - sent_at) * 1000)::float8 FROM unnest(d.last_sent_at) AS sent_at) AS last_send_ages_ms
  FROM claimed d
  LEFT JOIN notification_contents n ON n.tenant_id = d.tenant_id AND n.notification_id = d.notification_id
  LEFT JOIN connections k ON k.tenant_id = d.tenant_id AND k.id = d.connection_id
),
summary AS (
  SELECT
    NOT EXISTS (SELECT FROM (SELECT hops_max, max(hop) AS hops FROM chat_scan GROUP BY priority, tenant, hops_max) s WHERE hops >= hops_max) AS are_chats_complete,
    (SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float8 FROM head
     WHERE NOT is_busy AND NOT is_leaving AND due_at > clock_timestamp()) AS next_due_in_ms,
    CASE WHEN NOT EXISTS (SELECT FROM claimed) THEN ARRAY(SELECT DISTINCT chat_id::text FROM head WHERE is_busy) ELSE '{}' END AS waiting_chats,
    ARRAY(SELECT coalesce((SELECT tenant FROM share h WHERE h.priority = w.priority AND h.tenant_hop = ${tenantsMax}), '${nilUuid}')::text
          FROM wanted w ORDER BY w.priority) AS after_tenants
)
SELECT s.are_chats_complete, s.next_due_in_ms, s.waiting_chats, s.after_tenants, d.*
FROM summary s LEFT JOIN detail d ON true
ORDER BY d.priority, d.tag, d.tenant_hop`

interface Row {
  are_chats_complete: boolean
  next_due_in_ms: number | null
  waiting_chats: string[]
  after_tenants: string[]
  id: string | null
  priority: number
  chat_id: string
  was_in_flight: boolean
  is_group: boolean
  tag: number
  kind: 'notification' | 'reply' | 'change'
  tenant_id: string | null
  notification_id: string | null
  attempts: number
  reply: unknown
  is_held_if_unknown: boolean
  part: number
  dropped: string[]
  age_ms: number
  expires_in_ms: number | null
  connection_id: string | null
  format: string | null
  text: string | null
  message: unknown
  connection_status: string | null
  last_send_ages_ms: number[]
}

/**
 * Takes heads of a lane, at most one for each chat, and marks them as in flight in the same statement.
 * Takes nothing when `turnId` no longer holds the lane.
 */
export async function claimDeliveries(engine: Pool, claim: ClaimRequest): Promise<Claim> {
  const { positions } = claim
  const { rows } = await engine.query<Row>({
    name: 'claim-deliveries',
    text: statement,
    values: [
      claim.botId,
      claim.turnId,
      claim.countsMax.map((_, priority) => priority),
      claim.countsMax,
      claim.virtualTimes,
      claim.afterTenants,
      positions.map(({ priority }) => priority),
      positions.map(({ tenantId }) => tenantId),
      positions.map(({ chatId }) => chatId),
      positions.map(({ tag }) => tag),
      claim.lookahead,
      claim.busyChats,
      positions.map(({ sentTag }) => sentTag),
    ],
  })
  const [summary] = rows
  const afterTenants = summary?.after_tenants ?? []
  const isWholeLane = [...claim.afterTenants, ...afterTenants].every((tenantId) => tenantId === nilUuid)
  return {
    deliveries: rows.filter(({ id }) => id !== null).map(toDelivery),
    nextDueInMs: dueIn(summary),
    waitingChats: summary?.waiting_chats ?? [],
    isComplete: summary?.are_chats_complete === true && isWholeLane,
    afterTenants,
  }
}

function dueIn(summary: Row | undefined): number | undefined {
  const dueInMs = summary?.next_due_in_ms
  return typeof dueInMs === 'number' ? Math.max(0, dueInMs) : undefined
}

function toDelivery(row: Row): ClaimedDelivery {
  return {
    id: row.id ?? '',
    kind: row.kind,
    priority: row.priority,
    tenantId: row.tenant_id,
    notificationId: row.notification_id,
    chatId: row.chat_id,
    isGroup: row.is_group,
    attempts: row.attempts,
    ageMs: row.age_ms,
    expiresInMs: row.expires_in_ms,
    connectionId: row.connection_id,
    format: row.format,
    text: row.text,
    message: row.message,
    reply: row.reply,
    connectionStatus: row.kind === 'reply' ? null : (row.connection_status ?? 'gone'),
    wasInFlight: row.was_in_flight,
    isHeldIfUnknown: row.is_held_if_unknown,
    part: row.part,
    dropped: row.dropped,
    lastSendAgesMs: row.last_send_ages_ms,
    tag: row.tag,
  }
}
