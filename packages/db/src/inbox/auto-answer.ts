import type { Transaction } from '../client.js'
import { defineStatement, type Executor, run } from '../sql.js'

/** How long nothing is answered by itself in a chat in which that was done. */
export const autoAnswerPause = "interval '1 day'"
/** A tenant that has asked for what people write within that time is one that listens. */
const listensFor = "interval '7 days'"
const hasAsked = (tenant: string): string => `coalesce(${tenant}.listened_at >= now() - ${listensFor}, false)`

/** The SQL of whether people who write to a tenant are answered by itself, as far as its own row says. */
export const answersByItself = (tenant: string): string =>
  `(${tenant}.auto_answer = 'always' OR ${tenant}.auto_answer = 'unheard' AND NOT ${hasAsked(tenant)})`

const hourMs = 3_600_000

const take = defineStatement(
  'take-auto-answer',
  `
UPDATE chats c SET auto_answered_at = now()
FROM tenants t
WHERE c.bot_id = $1::uuid AND c.chat_id = $2::bigint AND coalesce(c.auto_answered_at < now() - ${autoAnswerPause}, true)
  AND t.id = $3::uuid AND ${answersByItself('t')}
RETURNING 1`,
)

/** Tells whether a person who wrote in a chat is to be answered by itself: at most once in a day. */
export async function takeAutoAnswer(
  on: Executor,
  { botId, chatId, tenantId }: { botId: string; chatId: bigint; tenantId: string },
): Promise<boolean> {
  return (await run(on, take, [botId, chatId, tenantId])).length === 1
}

/** Notes that a tenant asks for what people write, once in an hour. */
export async function noteListening(db: Transaction, tenantId: string): Promise<void> {
  const now = new Date()
  await db.tenant.updateMany({
    where: { id: tenantId, OR: [{ listenedAt: null }, { listenedAt: { lt: new Date(now.getTime() - hourMs) } }] },
    data: { listenedAt: now },
  })
}

const listeningWebhook = `
  SELECT 1 FROM webhook_endpoints w
  WHERE w.tenant_id = $1::uuid AND w.disabled_at IS NULL
    AND (w.types = '{}' OR 'message.received' LIKE ANY (w.types) OR 'command.received' LIKE ANY (w.types))
  LIMIT 1`

const findWebhook = defineStatement('find-listening-webhook', listeningWebhook)
const findListener = defineStatement(
  'find-listening-tenant',
  `SELECT 1 FROM tenants t WHERE t.id = $1::uuid AND (${hasAsked('t')} OR EXISTS (${listeningWebhook}))`,
)

/** Tells whether a tenant hears what people write: by an endpoint, or because it asks for it. */
export async function isListening(on: Executor, tenantId: string): Promise<boolean> {
  return (await run(on, findListener, [tenantId])).length === 1
}

/** Tells whether what people write is sent to an endpoint of a tenant's. */
export async function hasListeningWebhook(on: Executor, tenantId: string): Promise<boolean> {
  return (await run(on, findWebhook, [tenantId])).length === 1
}
