import { defineStatement, type Executor, probe, run } from '../sql.js'

/** A delivery that a bot has sent. */
export interface DeliveryOfBot {
  tenantId: string
  id: string
  notificationId: string
  userId: string
  connectionId: string | null
  chatId: bigint | null
  /** The numbers of its messages in the chat. */
  messageIds: number[]
}

/** @param tenants the SQL of a list of tenants, each of whose deliveries has the id as the end of its key. */
const findAmong = (tenants: string): string => `
SELECT d.tenant_id, d.id, d.notification_id, d.user_id, d.connection_id, d.chat_id::text,
  d.telegram_message_ids::text[] AS message_ids
FROM (${tenants}) a
JOIN deliveries d ON ${probe('d.tenant_id', 'a.tenant_id')} AND d.id = $2::uuid
WHERE d.bot_id = $1::uuid
LIMIT 1`

// A chat that is connected to somebody of a tenant, or was, under this id or the one that it has got since.
const findInChat = defineStatement(
  'find-delivery-in-chat',
  findAmong(`
  SELECT c.tenant_id FROM connections c WHERE c.bot_id = $1::uuid AND c.chat_id = $3::bigint
  UNION
  SELECT c.tenant_id
  FROM chats m
  CROSS JOIN LATERAL (
    SELECT c.tenant_id FROM connections c
    WHERE ${probe('c.bot_id', 'm.bot_id')} AND ${probe('c.chat_id', 'm.migrated_to_chat_id')}
    OFFSET 0
  ) c
  WHERE m.bot_id = $1::uuid AND m.chat_id = $3::bigint
`),
)

const findAnywhere = defineStatement(
  'find-delivery-of-bot',
  findAmong('SELECT tenant_id FROM bot_access WHERE bot_id = $1::uuid'),
)

/**
 * Finds a delivery by its id alone, among the tenants of a bot.
 * @param chatId where its message is; without it every tenant of the bot is looked at.
 */
export async function findDeliveryOfBot(
  on: Executor,
  { botId, id, chatId }: { botId: string; id: string; chatId: bigint | undefined },
): Promise<DeliveryOfBot | undefined> {
  type Row = Omit<DeliveryOfBot, 'chatId' | 'messageIds'> & { chatId: string | null; messageIds: string[] }
  const [row] =
    chatId === undefined
      ? await run<Row>(on, findAnywhere, [botId, id])
      : await run<Row>(on, findInChat, [botId, id, chatId])
  if (!row) return undefined
  return { ...row, chatId: row.chatId === null ? null : BigInt(row.chatId), messageIds: row.messageIds.map(Number) }
}
