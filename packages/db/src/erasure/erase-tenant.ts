import type { Database } from '../client.js'
import { findTables, type Removed, removeFromAll } from './remove-rows.js'

/** Removes everything that is a tenant's, with its own bots and what was heard by them. It can be done again where it was interrupted. */
export async function eraseTenant(db: Database, tenantId: string): Promise<Removed> {
  const removed: Removed = {}
  const tables = await findTables(db)
  const chats = await db.connection.findMany({ where: { tenantId }, select: { botId: true, chatId: true } })
  const bots = await db.bot.findMany({ where: { tenantId }, select: { id: true } })
  const botIds = bots.map(({ id }) => id)

  await removeFromAll(
    db,
    tables.filter(({ name, columns }) => columns.has('tenant_id') && name !== 'bots' && name !== 'bot_access'),
    {
      where: 'tenant_id = $1::uuid',
      values: [tenantId],
      removed,
    },
  )
  await removeFromAll(
    db,
    tables.filter(({ columns }) => columns.has('bot_id')),
    {
      where: 'bot_id = ANY ($1::uuid[])',
      values: [botIds],
      removed,
    },
  )
  const ofTenant = { where: 'tenant_id = $1::uuid', values: [tenantId], removed }
  await removeFromAll(
    db,
    tables.filter(({ name }) => name === 'bot_access' || name === 'bots'),
    ofTenant,
  )
  const left = await findEmpty(db, chats)
  // Of shared bots: chats in which nobody else is connected.
  await removeFromAll(
    db,
    tables.filter(({ columns }) => columns.has('chat_id') && columns.has('bot_id') && !columns.has('tenant_id')),
    {
      where: '(bot_id, chat_id) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[]))',
      values: [left.map(({ botId }) => botId), left.map(({ chatId }) => chatId)],
      removed,
    },
  )
  removed['audit_details'] = await db.$executeRaw`
    UPDATE audit_entries SET details = NULL, salt = NULL WHERE tenant_id = ${tenantId}::uuid AND details IS NOT NULL`
  return removed
}

interface ChatKey {
  botId: string
  chatId: bigint
}

async function findEmpty(db: Database, chats: readonly ChatKey[]): Promise<ChatKey[]> {
  return db.$queryRaw<ChatKey[]>`
    SELECT c.bot_id::text AS "botId", c.chat_id AS "chatId"
    FROM unnest(${chats.map(({ botId }) => botId)}::uuid[], ${chats.map(({ chatId }) => chatId)}::bigint[]) AS c (bot_id, chat_id)
    WHERE NOT EXISTS (SELECT FROM connections k WHERE k.bot_id = c.bot_id AND k.chat_id = c.chat_id)`
}
