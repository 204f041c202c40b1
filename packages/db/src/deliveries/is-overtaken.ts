import { defineStatement, type Executor, probe, runForOne } from '../sql.js'
import { isOfChat } from './rests.js'

/** So many deliveries of a chat are looked at: what waits behind them takes longer than a state is worth waiting for. */
const lookedAtMax = 200

const overtaken = defineStatement(
  'is-overtaken',
  `
SELECT EXISTS (
  SELECT FROM (
    SELECT p.tenant_id, p.notification_id
    FROM pending_deliveries p
    WHERE p.bot_id = $1::uuid AND p.chat_id = $2::bigint AND ${isOfChat} AND p.id > $4::uuid AND p.tenant_id = $3::uuid
      AND p.kind = 'notification' AND NOT p.is_paused
    LIMIT ${lookedAtMax}
  ) p
  JOIN notification_contents n ON ${probe('n.tenant_id', 'p.tenant_id')} AND ${probe('n.notification_id', 'p.notification_id')}
  WHERE n.options ->> 'thread_key' = $5 AND n.options ->> 'mode' = 'replace' AND ($6::boolean OR NOT n.options ? 'draft')
) AS is_overtaken`,
)

/**
 * Whether a later notification of the same thread waits in the chat already, which will stand where this one would. A draft
 * leaves nothing behind, and so stands where another draft would alone.
 */
export async function isOvertaken(
  on: Executor,
  delivery: { botId: string; chatId: string; tenantId: string; id: string },
  { threadKey, isDraft }: { threadKey: string; isDraft: boolean },
): Promise<boolean> {
  const { botId, chatId, tenantId, id } = delivery
  return (await runForOne<{ isOvertaken: boolean }>(on, overtaken, [botId, chatId, tenantId, id, threadKey, isDraft]))
    .isOvertaken
}
