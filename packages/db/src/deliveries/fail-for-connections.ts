import { defineStatement, type Executor, inputRows, probe, run } from '../sql.js'
import { failureOf } from './delivery-states.js'
import { endDeliveries } from './end-deliveries.js'
import { holdDeliveries, isHeld, mayBeHeld } from './hold-deliveries.js'
import { isOfChat } from './rests.js'

const columns = { id: 'uuid', bot_id: 'uuid', chat_id: 'bigint' } as const
const ended = inputRows('ended_connections', columns, 2)
const held = inputRows('ended_connections', columns)

/** Locks the rows `p` that wait in a lane for the connection `row`. What is being sent right now ends on its own. */
const waitingFor = (row: string): string => `CROSS JOIN LATERAL (
    SELECT p.* FROM pending_deliveries p
    WHERE p.bot_id = ${row}.bot_id AND p.chat_id = ${row}.chat_id AND ${isOfChat} AND p.connection_id = ${row}.id
      AND p.claimed_by IS NULL
    FOR UPDATE OF p
  ) p`

const failStatement = defineStatement(
  'fail-for-connections',
  `
WITH ${ended.text},
ended AS MATERIALIZED (
  SELECT p.id, p.tenant_id, p.notification_id, p.kind, p.body, p.is_counted, 'failed' AS status,
    ${failureOf("'recipient_' || $1::text", 'recipient')} AS failure
  FROM ended_connections c
  ${waitingFor('c')}
),
held AS MATERIALIZED (
  SELECT w.id, w.tenant_id, w.notification_id, 'notification' AS kind, NULL::jsonb AS body, false AS is_counted,
    'failed' AS status, ${failureOf("'recipient_' || $1::text", 'recipient')} AS failure
  FROM ended_connections c
  JOIN waiting_deliveries w ON ${probe('w.connection_id', 'c.id')} AND w.connection_id IS NOT NULL AND w.due_at IS NULL
  FOR UPDATE OF w
),
failed AS MATERIALIZED (
  SELECT * FROM ended UNION ALL SELECT * FROM held
),
${endDeliveries({ from: 'failed', leaves: ['lane', 'waiting'] })}
SELECT count(*)::int AS failed FROM failed`,
)

/** Fails what waits for connections that have ended, in the lanes or held outside of them. */
export async function failForConnections(
  on: Executor,
  status: 'blocked' | 'stopped' | 'gone',
  connections: readonly { id: string; botId: string; chatId: bigint }[],
): Promise<void> {
  await run(on, failStatement, [status, ...ended.values(connections)])
}

const holdStatement = defineStatement(
  'hold-for-connections',
  `
WITH ${held.text},
held AS MATERIALIZED (
  SELECT p.id, p.tenant_id, p.notification_id, k.user_id, p.connection_id, p.priority, p.expires_at
  FROM ended_connections c
  ${waitingFor('c')}
  JOIN connections k ON ${probe('k.tenant_id', 'p.tenant_id')} AND ${probe('k.id', 'p.connection_id')}
  JOIN tenants t ON ${probe('t.id', 'p.tenant_id')}
  WHERE ${mayBeHeld('p')} AND ${isHeld('k', 't')}
),
${holdDeliveries('held')}
SELECT count(*)::int AS held FROM held`,
)

/** Holds what waits in the lanes for connections that cannot be reached for a while, where their tenants want it. */
export async function holdForConnections(
  on: Executor,
  connections: readonly { id: string; botId: string; chatId: bigint }[],
): Promise<void> {
  await run(on, holdStatement, held.values(connections))
}

const moveToChat = defineStatement(
  'move-pending-to-chat',
  `
UPDATE pending_deliveries p SET chat_id = $3::bigint, rests_until = NULL
WHERE p.bot_id = $1::uuid AND p.chat_id = $2::bigint AND ${isOfChat}`,
)

/** Moves what waits for a chat to the chat that it has become. What changes messages finds the former one where they are noted. */
export async function movePendingToChat(on: Executor, botId: string, chatId: bigint, toChatId: bigint): Promise<void> {
  await run(on, moveToChat, [botId, chatId, toChatId])
}
