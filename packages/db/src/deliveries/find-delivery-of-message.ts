import { disorder } from '../events/read-events.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'

/** That a delivery was sent is written after the message has its time, and by another clock: mostly at once. */
const windows = [
  { earlierMs: 2_000, laterMs: 5_000 },
  { earlierMs: 5_000, laterMs: 60_000 },
]
/** Of a tenant that sends very much in that time, so many are looked at. */
const lookedAtMax = 10_000

const find = defineStatement(
  'find-delivery-of-message',
  `
WITH tenants_of_chat AS (
  -- OFFSET keeps the planner from reading all connections, in the order in which their tenants would be distinct.
  SELECT DISTINCT c.tenant_id FROM (
    SELECT c.tenant_id FROM connections c
    WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', '$2::bigint')} AND c.status = 'active'
    OFFSET 0
  ) c
),
moment AS MATERIALIZED (
  SELECT $4::timestamptz - make_interval(secs => $5::float8 / 1000) AS start_at,
    $4::timestamptz + make_interval(secs => $6::float8 / 1000) AS end_at
),
sought AS MATERIALIZED (
  SELECT a.tenant_id, events_xid_at(a.tenant_id, m.start_at - ${disorder}, true) AS first_xid,
    events_xid_at(a.tenant_id, m.end_at + ${disorder}, false) AS end_xid
  FROM tenants_of_chat a, moment m
),
sent AS MATERIALIZED (
  SELECT a.tenant_id, s.delivery_id
  FROM sought a
  CROSS JOIN moment m
  CROSS JOIN LATERAL (
    SELECT (e.data ->> 'delivery_id')::uuid AS delivery_id FROM events e
    WHERE ${probe('e.tenant_id', 'a.tenant_id')} AND e.type = 'notification.sent'
      AND e.xid >= a.first_xid AND e.xid <= a.end_xid
      AND e.id >= uuid_v7_floor(m.start_at) AND e.id < uuid_v7_floor(m.end_at)
    ORDER BY e.xid LIMIT ${lookedAtMax}
  ) s
)
SELECT d.tenant_id::text, d.notification_id::text, d.connection_id::text, d.user_id
FROM sent s
JOIN deliveries d ON ${probe('d.tenant_id', 's.tenant_id')} AND ${probe('d.id', 's.delivery_id')}
WHERE d.bot_id = $1::uuid AND d.chat_id = $2::bigint AND d.telegram_message_ids @> ARRAY[$3::bigint]
LIMIT 1`,
)

export interface FoundDelivery {
  tenantId: string
  notificationId: string
  connectionId: string | null
  userId: string
}

/**
 * Finds what a message of a bot in a chat was sent for, by the time that Telegram gives it. No index leads from a message to its
 * delivery: that would cost every delivery something, for the few that are answered.
 * @returns undefined also where it was sent too long before it was recorded.
 */
export async function findDeliveryOfMessage(
  on: Executor,
  message: { botId: string; chatId: bigint; messageId: number; sentAt: Date },
): Promise<FoundDelivery | undefined> {
  const { botId, chatId, messageId, sentAt } = message
  for (const { earlierMs, laterMs } of windows) {
    const [found] = await run<FoundDelivery>(on, find, [botId, chatId, messageId, sentAt, earlierMs, laterMs])
    if (found) return found
  }
  return undefined
}
