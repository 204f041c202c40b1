import { defineStatement, type Executor, inputRows, probe, run } from '../sql.js'
import { failureOf } from './delivery-states.js'
import { endDeliveries } from './end-deliveries.js'

const ended = inputRows('ended_connections', { id: 'uuid', bot_id: 'uuid', chat_id: 'bigint' }, 2)

const failStatement = defineStatement(
  'fail-for-connections',
  `
WITH ${ended.text},
ended AS MATERIALIZED (
  -- What is being sent right now ends on its own.
  SELECT p.id, p.tenant_id, p.notification_id, p.kind, p.body, p.is_counted, 'failed' AS status,
    ${failureOf("'recipient_' || $1::text", 'recipient')} AS failure
  FROM ended_connections c
  JOIN pending_deliveries p ON ${probe('p.bot_id', 'c.bot_id')} AND p.chat_id = c.chat_id AND p.connection_id = c.id
  WHERE p.claimed_by IS NULL
  FOR UPDATE OF p
),
${endDeliveries({ from: 'ended', leaves: ['lane'] })}
SELECT count(*)::int AS failed FROM ended`,
)

/** Fails what waits in the lanes for connections that have ended. */
export async function failForConnections(
  on: Executor,
  status: 'blocked' | 'stopped' | 'gone',
  connections: readonly { id: string; botId: string; chatId: bigint }[],
): Promise<void> {
  await run(on, failStatement, [status, ...ended.values(connections)])
}

const moveToChat = defineStatement(
  'move-pending-to-chat',
  `
UPDATE pending_deliveries SET chat_id = $3::bigint
-- What changes messages stays: they are in the old chat, and numbers of messages begin anew in the other.
WHERE bot_id = $1::uuid AND chat_id = $2::bigint AND kind <> 'edit'`,
)

/** Moves what waits for a chat to the chat that it has become. */
export async function movePendingToChat(on: Executor, botId: string, chatId: bigint, toChatId: bigint): Promise<void> {
  await run(on, moveToChat, [botId, chatId, toChatId])
}
