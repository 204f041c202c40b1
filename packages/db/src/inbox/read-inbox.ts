import type { EventType } from '../events/event-data.js'
import { defineStatement, type Executor, probe, run, runForOne } from '../sql.js'

/** A message of the inbox: what somebody wrote, with its event, or what was answered, whose id is the notification's. */
export interface InboxEntry {
  id: string
  connectionId: string
  event: { type: EventType; data: Record<string, unknown> } | undefined
}

interface Row {
  id: string
  connectionId: string
  type: EventType | null
  data: Record<string, unknown> | null
}

/** Of what somebody wrote nothing is left where its event is gone. */
const withEvents = (page: string): string => `
SELECT m.id::text, m.connection_id::text, e.type, e.data
FROM (${page}) m
LEFT JOIN LATERAL (
  SELECT e.type, e.data FROM events e
  WHERE ${probe('e.tenant_id', 'm.tenant_id')} AND ${probe('e.xid', 'm.xid')} AND ${probe('e.id', 'm.id')}
) e ON true
WHERE m.xid IS NULL OR e.type IS NOT NULL
ORDER BY m.id DESC`

const ofChat = defineStatement(
  'read-inbox-of-chat',
  withEvents(`
  SELECT * FROM inbox_messages
  WHERE tenant_id = $1::uuid AND connection_id = $2::uuid AND id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  ORDER BY id DESC LIMIT $4
`),
)

const byIds = defineStatement(
  'read-inbox-messages',
  withEvents('SELECT * FROM inbox_messages WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])'),
)

/** Reads the messages of a chat, newest first: those before an id, or its latest. */
export async function readInbox(
  on: Executor,
  {
    tenantId,
    connectionId,
    before,
    limit,
  }: { tenantId: string; connectionId: string; before: string | undefined; limit: number },
): Promise<InboxEntry[]> {
  return (await run<Row>(on, ofChat, [tenantId, connectionId, before ?? null, limit])).map(toEntry)
}

/** Reads messages by their ids. */
export async function readInboxMessages(on: Executor, tenantId: string, ids: readonly string[]): Promise<InboxEntry[]> {
  return (await run<Row>(on, byIds, [tenantId, ids])).map(toEntry)
}

function toEntry({ id, connectionId, type, data }: Row): InboxEntry {
  return { id, connectionId, event: type === null || data === null ? undefined : { type, data } }
}

const count = defineStatement(
  'mark-inbox-read',
  `
UPDATE inbox_chats c SET unread = least(CASE WHEN $4::bool THEN c.unread END, (
  SELECT count(*) FROM inbox_messages m
  WHERE m.tenant_id = $1::uuid AND m.connection_id = $2::uuid AND m.id > $3::uuid AND m.xid IS NOT NULL
))
WHERE c.tenant_id = $1::uuid AND c.connection_id = $2::uuid
RETURNING c.unread`,
)

const lock = defineStatement(
  'lock-inbox-chat',
  'SELECT last_message_id::text FROM inbox_chats WHERE tenant_id = $1::uuid AND connection_id = $2::uuid FOR UPDATE',
)

/**
 * Marks a chat as read up to a message; what came after it is unread. To be called in a transaction.
 * @param upTo undefined for the latest. @param isOnlyLess what was read before stays so.
 * @returns how many are unread.
 */
export async function markRead(
  on: Executor,
  {
    tenantId,
    connectionId,
    upTo,
    isOnlyLess = false,
  }: { tenantId: string; connectionId: string; upTo: string | undefined; isOnlyLess?: boolean },
): Promise<number> {
  // What comes in meanwhile waits, so that it is not left out of the count.
  const [chat] = await run<{ lastMessageId: string }>(on, lock, [tenantId, connectionId])
  if (!chat) return 0
  const { unread } = await runForOne<{ unread: number }>(on, count, [
    tenantId,
    connectionId,
    upTo ?? chat.lastMessageId,
    isOnlyLess,
  ])
  return unread
}

const keepAnswer = defineStatement(
  'keep-inbox-answer',
  `
INSERT INTO inbox_messages (tenant_id, id, connection_id) VALUES ($1::uuid, $2::uuid, $3::uuid)
ON CONFLICT DO NOTHING`,
)

/** Puts a notification into the inbox that answers what was written in a chat. */
export async function keepInboxAnswer(
  on: Executor,
  { tenantId, notificationId, connectionId }: { tenantId: string; notificationId: string; connectionId: string },
): Promise<void> {
  await run(on, keepAnswer, [tenantId, notificationId, connectionId])
}
