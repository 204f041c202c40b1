import type { EventData } from '../events/event-data.js'
import { defineStatement, type Executor, inputRows, probe, run } from '../sql.js'
import { toStorableJson } from '../storable-json.js'

/** The end of an INSERT of events that `inboxOf` goes on from. */
export const returningHeard = 'RETURNING tenant_id, id, xid, data'

/** The CTEs that put into the inbox what the events of a CTE tell: what somebody wrote, or a command. */
export const inboxOf = (told: string): string =>
  `
kept AS (
  INSERT INTO inbox_messages (tenant_id, id, connection_id, xid, message_id)
  SELECT tenant_id, id, (data ->> 'connection_id')::uuid, xid, (data ->> 'message_id')::bigint FROM ${told}
),
counted AS (
  INSERT INTO inbox_chats AS c (tenant_id, connection_id, last_message_id, unread)
  SELECT tenant_id, (data ->> 'connection_id')::uuid, (array_agg(id ORDER BY id DESC))[1], count(*)
  FROM ${told}
  GROUP BY 1, 2
  ORDER BY 1, 2
  ON CONFLICT (tenant_id, connection_id) DO UPDATE SET
    last_message_id = greatest(c.last_message_id, excluded.last_message_id),
    unread = c.unread + excluded.unread
)`.trim()

const heard = inputRows('heard', { tenant_id: 'uuid', type: 'text', data: 'jsonb' }, 1)

const record = defineStatement(
  'record-heard',
  `
WITH ${heard.text},
told AS (
  INSERT INTO events (tenant_id, type, data) SELECT tenant_id, type, data FROM heard
  ${returningHeard}
),
${inboxOf('told')}
SELECT count(*)::int AS count FROM told`,
)

/** A message or a command that somebody wrote in a connected chat, for one of its connections. */
export type HeardMessage = {
  [Type in 'message.received' | 'command.received']: { tenantId: string; type: Type; data: EventData[Type] }
}['message.received' | 'command.received']

/** Tells of messages, and puts them into the inbox of their tenants, unread. */
export async function recordHeard(on: Executor, messages: readonly HeardMessage[]): Promise<void> {
  if (messages.length === 0) return
  await run(on, record, heard.values(messages.map((each) => ({ ...each, data: toStorableJson(each.data) }))))
}

/** A message is found among so many of the latest of each connection. */
const latestMax = 100

const findHeard = defineStatement(
  'find-heard',
  `
SELECT FROM connections c
CROSS JOIN LATERAL (
  SELECT m.message_id FROM inbox_messages m
  WHERE ${probe('m.tenant_id', 'c.tenant_id')} AND ${probe('m.connection_id', 'c.id')}
  ORDER BY m.tenant_id, m.connection_id, m.id DESC LIMIT ${latestMax}
) m
WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', '$2::bigint')} AND m.message_id = $3::bigint
LIMIT 1`,
)

/** Whether some tenant was told of a message, as far as that is not long ago. */
export async function wasHeard(
  on: Executor,
  { botId, chatId, messageId }: { botId: string; chatId: bigint; messageId: number },
): Promise<boolean> {
  return (await run(on, findHeard, [botId, chatId, messageId])).length > 0
}
