import type { Pool } from 'pg'
import { nilUuid } from '../ids.js'

/** Where a priority's scan goes on: after this tenant's chat. */
export interface LaneCursor {
  tenantId: string
  chatId: string
}

export const laneStart: LaneCursor = { tenantId: nilUuid, chatId: '-9223372036854775808' }

export interface ClaimedDelivery {
  id: string
  kind: 'notification' | 'reply'
  tenantId: string | null
  notificationId: string | null
  chatId: string
  isGroup: boolean
  attempts: number
  /** How old the row is, in milliseconds. */
  ageMs: number
  format: 'markdown' | 'plain' | null
  text: string | null
  reply: unknown
  /** Null for a reply. */
  connectionStatus: string | null
  /** A turn that died had claimed it: it may have been sent. */
  wasInFlight: boolean
  /** How long ago the chat was last sent to, in milliseconds, oldest first. */
  lastSendAgesMs: number[]
}

export interface Claim {
  deliveries: ClaimedDelivery[]
  /** In how many milliseconds the first of the heads that were passed over is due, as far as the database knows. */
  nextDueInMs: number | undefined
  /** Chats that were passed over because they are among `busyChats`. */
  waitingChats: string[]
  /** Where to go on, by priority; the start again where a priority's end was reached. */
  cursors: LaneCursor[]
  /** By priority: whether the scan reached the last chat. */
  isAtEnd: boolean[]
}

// The recursion skips from chat to chat through the lane's index, one head each, so its cost depends on
// the heads it looks at and not on what waits behind them. All priorities are scanned side by side.
const statement = `
WITH RECURSIVE scan AS (
  SELECT c.priority, c.tenant AS tenant, c.chat AS chat_id, NULL::uuid AS id, 0 AS hop
  FROM unnest($4::smallint[], $5::uuid[], $6::bigint[]) AS c (priority, tenant, chat)
  UNION ALL
  SELECT s.priority, n.tenant, n.chat_id, n.id, s.hop + 1
  FROM scan s CROSS JOIN LATERAL (
    SELECT coalesce(p.tenant_id, '${nilUuid}'::uuid) AS tenant, p.chat_id, p.id
    FROM pending_deliveries p
    WHERE p.bot_id = $1 AND p.priority = s.priority
      AND (coalesce(p.tenant_id, '${nilUuid}'::uuid), p.chat_id) > (s.tenant, s.chat_id)
    ORDER BY coalesce(p.tenant_id, '${nilUuid}'::uuid), p.chat_id, p.seq
    LIMIT 1
  ) n
  WHERE s.hop < $7
),
head AS MATERIALIZED (
  SELECT s.priority, s.tenant, s.chat_id, s.id, s.hop, p.claimed_by IS NOT NULL AS was_in_flight,
    c.type <> 'private' AS is_group, c.last_sent_at,
    s.chat_id = ANY ($8::bigint[]) OR p.claimed_by IS NOT DISTINCT FROM $2 AS is_busy,
    greatest(p.not_before, c.paused_until, c.last_sent_at[cardinality(c.last_sent_at)] + interval '1 second',
      CASE WHEN c.type <> 'private' AND cardinality(c.last_sent_at) >= 20
           THEN c.last_sent_at[cardinality(c.last_sent_at) - 19] + interval '1 minute' END) AS due_at
  FROM scan s
  JOIN pending_deliveries p ON p.id = s.id
  JOIN chats c ON c.bot_id = $1 AND c.chat_id = s.chat_id
),
chosen AS MATERIALIZED (
  SELECT id FROM (
    SELECT DISTINCT ON (chat_id) id, priority, hop FROM head
    WHERE NOT is_busy AND coalesce(due_at <= clock_timestamp(), true)
    ORDER BY chat_id, priority, hop
  ) first_of_chat
  ORDER BY priority, hop
  LIMIT $3
),
free AS MATERIALIZED (
  -- Rows that another transaction is just ending are left to it.
  SELECT p.id FROM pending_deliveries p JOIN chosen ON chosen.id = p.id FOR UPDATE OF p SKIP LOCKED
),
claimed AS (
  UPDATE pending_deliveries p SET claimed_by = $2
  FROM free, lanes l
  WHERE p.id = free.id AND l.bot_id = $1 AND l.holder = $2
  RETURNING p.id, p.kind, p.tenant_id, p.notification_id, p.connection_id, p.attempts, p.accepted_at, p.reply
),
counted AS (
  -- What a dead turn may have sent to a group counts in its minute, whatever becomes of the row.
  UPDATE chats c SET last_sent_at = (c.last_sent_at || clock_timestamp())[greatest(1, cardinality(c.last_sent_at) - 18):]
  FROM head h JOIN claimed d ON d.id = h.id
  WHERE h.was_in_flight AND h.is_group AND c.bot_id = $1 AND c.chat_id = h.chat_id
)
SELECT h.priority, h.tenant, h.chat_id::text, h.is_busy, h.was_in_flight, h.is_group,
  (extract(epoch FROM h.due_at - clock_timestamp()) * 1000)::float8 AS due_in_ms,
  d.id, d.kind, d.tenant_id, d.notification_id, d.attempts, d.reply,
  (extract(epoch FROM clock_timestamp() - d.accepted_at) * 1000)::float8 AS age_ms,
  n.format, n.text, k.status AS connection_status,
  CASE WHEN d.id IS NOT NULL THEN
    ARRAY(SELECT (extract(epoch FROM clock_timestamp() - sent_at) * 1000)::float8 FROM unnest(h.last_sent_at) AS sent_at)
  END AS last_send_ages_ms
FROM head h
LEFT JOIN claimed d ON d.id = h.id
LEFT JOIN notification_contents n ON n.tenant_id = d.tenant_id AND n.notification_id = d.notification_id
LEFT JOIN connections k ON k.tenant_id = d.tenant_id AND k.id = d.connection_id
ORDER BY h.priority, h.hop`

interface Row {
  priority: number
  tenant: string
  chat_id: string
  is_busy: boolean
  was_in_flight: boolean
  is_group: boolean
  due_in_ms: number | null
  id: string | null
  kind: 'notification' | 'reply'
  tenant_id: string | null
  notification_id: string | null
  attempts: number
  reply: unknown
  age_ms: number
  format: 'markdown' | 'plain' | null
  text: string | null
  connection_status: string | null
  last_send_ages_ms: number[]
}

const priorities = [0, 1, 2]

/**
 * Takes up to `countMax` heads of a lane, at most one for each chat, and marks them as in flight in the
 * same statement. Takes nothing when `turnId` no longer holds the lane.
 */
export async function claimDeliveries(
  engine: Pool,
  claim: { botId: string; turnId: string; countMax: number; busyChats: string[]; cursors: LaneCursor[] },
): Promise<Claim> {
  const hopsMax = claim.countMax + claim.busyChats.length + 16
  const { rows } = await engine.query<Row>({
    name: 'claim-deliveries',
    text: statement,
    values: [
      claim.botId,
      claim.turnId,
      claim.countMax,
      priorities,
      claim.cursors.map(({ tenantId }) => tenantId),
      claim.cursors.map(({ chatId }) => chatId),
      hopsMax,
      claim.busyChats,
    ],
  })

  const taken = rows.filter((row) => row.id !== null)
  const passedOver = rows.filter((row) => row.id === null)
  const dueTimes = passedOver.flatMap((row) =>
    row.is_busy || row.due_in_ms === null ? [] : [Math.max(0, row.due_in_ms)],
  )
  const isAtEnd = priorities.map((priority) => rows.filter((row) => row.priority === priority).length < hopsMax)

  return {
    deliveries: taken.map(toDelivery),
    nextDueInMs: dueTimes.length > 0 ? Math.min(...dueTimes) : undefined,
    waitingChats: passedOver.filter((row) => row.is_busy).map((row) => row.chat_id),
    cursors: priorities.map((priority, index) =>
      nextCursor(
        rows.filter((row) => row.priority === priority),
        claim.cursors[index] ?? laneStart,
        isAtEnd[index] === true,
      ),
    ),
    isAtEnd,
  }
}

/**
 * After the last head that was taken: what was due beyond it has its turn next. At the end of the lane the
 * start again, so that every chat is come to as often as any other.
 */
function nextCursor(rows: Row[], current: LaneCursor, isAtEnd: boolean): LaneCursor {
  const lastTaken = rows.findLastIndex((row) => row.id !== null)
  const isSomethingLeft = rows.slice(lastTaken + 1).some((row) => !row.is_busy && (row.due_in_ms ?? 0) <= 0)
  if (isAtEnd && !isSomethingLeft) return laneStart
  if (lastTaken === -1 && isSomethingLeft) return current
  const last = rows[lastTaken] ?? rows.at(-1)
  return last ? { tenantId: last.tenant, chatId: last.chat_id } : current
}

function toDelivery(row: Row): ClaimedDelivery {
  return {
    id: row.id ?? '',
    kind: row.kind,
    tenantId: row.tenant_id,
    notificationId: row.notification_id,
    chatId: row.chat_id,
    isGroup: row.is_group,
    attempts: row.attempts,
    ageMs: row.age_ms,
    format: row.format,
    text: row.text,
    reply: row.reply,
    connectionStatus: row.kind === 'reply' ? null : (row.connection_status ?? 'gone'),
    wasInFlight: row.was_in_flight,
    lastSendAgesMs: row.last_send_ages_ms,
  }
}
