import { defineStatement, type Executor, run } from '../sql.js'

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

// From the bot's tenants, each of whose deliveries has the id as the end of its key.
const find = defineStatement(
  'find-delivery-of-bot',
  `
SELECT d.tenant_id, d.id, d.notification_id, d.user_id, d.connection_id, d.chat_id::text,
  d.telegram_message_ids::text[] AS message_ids
FROM bot_access a
JOIN deliveries d ON d.tenant_id = a.tenant_id AND d.id = $2::uuid
WHERE a.bot_id = $1::uuid AND d.bot_id = $1::uuid
LIMIT 1`,
)

/** Finds a delivery by its id alone, among the tenants of a bot. */
export async function findDeliveryOfBot(on: Executor, botId: string, id: string): Promise<DeliveryOfBot | undefined> {
  const [row] = await run<
    Omit<DeliveryOfBot, 'chatId' | 'messageIds'> & { chatId: string | null; messageIds: string[] }
  >(on, find, [botId, id])
  if (!row) return undefined
  return { ...row, chatId: row.chatId === null ? null : BigInt(row.chatId), messageIds: row.messageIds.map(Number) }
}
