import { defineStatement, type Executor, probe, run } from '../sql.js'

/** That a delivery was sent is written after the message has its time, and by another clock. */
const [earlierMs, laterMs] = [5_000, 60_000]
/** Of a tenant that sends very much in that time, so many are looked at. */
const lookedAtMax = 2_000

const find = defineStatement(
  'find-delivery-of-message',
  `
WITH tenants_of_chat AS (
  SELECT DISTINCT c.tenant_id FROM connections c
  WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', '$2::bigint')} AND c.status = 'active'
),
sent AS MATERIALIZED (
  SELECT a.tenant_id, s.delivery_id
  FROM tenants_of_chat a
  CROSS JOIN LATERAL (
    SELECT (e.data ->> 'delivery_id')::uuid AS delivery_id FROM events e
    WHERE ${probe('e.tenant_id', 'a.tenant_id')} AND e.type = 'notification.sent'
      AND e.id >= uuid_v7_floor($4::timestamptz - interval '${earlierMs} ms')
      AND e.id < uuid_v7_floor($4::timestamptz + interval '${laterMs} ms')
    ORDER BY e.id LIMIT ${lookedAtMax}
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
  const [found] = await run<FoundDelivery>(on, find, [botId, chatId, messageId, sentAt])
  return found
}
