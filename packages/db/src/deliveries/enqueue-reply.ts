import { newId } from '../ids.js'
import { defineStatement, type Executor, run } from '../sql.js'
import { joinLane } from './join-lane.js'
import { isOfChat } from './rests.js'

const enqueue = defineStatement(
  'enqueue-reply',
  `
WITH reply AS (
  SELECT $1::uuid AS id, $2::uuid AS bot_id, $3::uuid AS tenant_id, $4::bigint AS chat_id, $5::jsonb AS body
  WHERE (
    SELECT count(*) FROM pending_deliveries p
    WHERE p.bot_id = $2::uuid AND p.chat_id = $4::bigint AND ${isOfChat} AND p.kind = 'reply'
  ) < $6
)
${joinLane({
  from: 'reply',
  columns: {
    kind: "'reply'",
    priority: '0',
    notification_id: 'NULL',
    connection_id: 'NULL',
    body: 'body',
    expires_at: 'NULL',
    stops_if_unknown: 'false',
  },
  orderBy: 'id',
})}
RETURNING id`,
)

/**
 * Puts an answer of ours to a person into a bot's lane, before all notifications, unless `waitingMax` of them wait in
 * the chat already. @returns whether it joined.
 */
export async function enqueueReply(
  on: Executor,
  reply: { botId: string; chatId: bigint; tenantId: string | null; body: object },
  waitingMax: number,
): Promise<boolean> {
  const { botId, chatId, tenantId, body } = reply
  const rows = await run(on, enqueue, [newId(), botId, tenantId, chatId, JSON.stringify(body), waitingMax])
  return rows.length === 1
}
