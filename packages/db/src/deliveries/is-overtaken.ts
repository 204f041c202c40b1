import { defineStatement, type Executor, probe, runForOne } from '../sql.js'
import { isOfChat } from './rests.js'

/** So many deliveries of a chat are looked at: what waits behind them takes longer than a state is worth waiting for. */
const lookedAtMax = 200

/** The SQL of whether a notification `n` tells of a later moment than the one that is asked about. */
const isLater = '(greatest(n.created_at, n.send_at), n.id) > (SELECT moment, id FROM asked)'

const overtaken = defineStatement(
  'is-overtaken',
  `
WITH asked AS MATERIALIZED (
  SELECT greatest(created_at, send_at) AS moment, id FROM notifications WHERE tenant_id = $3::uuid AND id = $4::uuid
)
SELECT EXISTS (
  SELECT FROM (
    SELECT p.tenant_id, p.notification_id
    FROM pending_deliveries p
    WHERE p.bot_id = $1::uuid AND p.chat_id = $2::bigint AND ${isOfChat} AND p.tenant_id = $3::uuid
      AND p.kind = 'notification' AND NOT p.is_paused AND p.notification_id <> $4::uuid
    LIMIT ${lookedAtMax}
  ) p
  JOIN notification_contents c ON ${probe('c.tenant_id', 'p.tenant_id')} AND ${probe('c.notification_id', 'p.notification_id')}
  JOIN notifications n ON ${probe('n.tenant_id', 'p.tenant_id')} AND ${probe('n.id', 'p.notification_id')}
  WHERE c.options ->> 'thread_key' = $5 AND c.options ->> 'mode' = 'replace' AND ($6::boolean OR NOT c.options ? 'draft')
    AND ${isLater}
) OR EXISTS (
  SELECT FROM message_threads t
  JOIN notifications n ON ${probe('n.tenant_id', 't.tenant_id')} AND ${probe('n.id', 't.notification_id')}
  WHERE t.tenant_id = $3::uuid AND t.bot_id = $1::uuid AND t.chat_id = $2::bigint AND t.thread_key = $5 AND ${isLater}
) AS is_overtaken`,
)

/**
 * Whether a later notification of the same thread stands in the chat already, or waits there and will stand where this one
 * would. Later is what was accepted later, or for a later moment: what was paused or tried again may come behind it. A
 * draft leaves nothing behind, and so will stand where another draft would alone.
 */
export async function isOvertaken(
  on: Executor,
  delivery: { botId: string; chatId: string; tenantId: string; notificationId: string },
  { threadKey, isDraft }: { threadKey: string; isDraft: boolean },
): Promise<boolean> {
  const { botId, chatId, tenantId, notificationId } = delivery
  const values = [botId, chatId, tenantId, notificationId, threadKey, isDraft]
  return (await runForOne<{ isOvertaken: boolean }>(on, overtaken, values)).isOvertaken
}
