import type { Database } from '../client.js'
import { findTables, type Removed, removeFromAll, removeRows, type StoredTable } from './remove-rows.js'

export interface ErasedUser {
  tenantId: string
  userId: string
  /** How ids of connections are shown, as notifications name them. */
  showConnectionId: (id: string) => string
}

const notificationsAtOnce = 500

/**
 * Removes everything that is held about a person: the notifications to that person alone with all that belongs to them,
 * deliveries, connections, links, messages, events, and chats in which nobody else is. What a request is answered with once more
 * and who changed what are searched for the person's id. It can be done again where it was interrupted.
 * @returns how much was removed.
 */
export async function eraseUser(db: Database, { tenantId, userId, showConnectionId }: ErasedUser): Promise<Removed> {
  const removed: Removed = {}
  const tables = await findTables(db)
  const having = (...columns: string[]): StoredTable[] =>
    tables.filter((table) => columns.every((column) => table.columns.has(column)))
  const connections = await db.connection.findMany({ where: { tenantId, userId } })
  const connectionIds = connections.map(({ id }) => id)

  await eraseNotifications(db, having, { tenantId, userId, shownIds: connectionIds.map(showConnectionId), removed })
  await eraseEvents(db, having, { tenantId, userId, removed })
  const mine = 'tenant_id = $1::uuid'
  await removeFromAll(
    db,
    having('tenant_id', 'connection_id').filter(({ columns }) => !columns.has('user_id')),
    {
      where: `${mine} AND connection_id = ANY ($2::uuid[])`,
      values: [tenantId, connectionIds],
      removed,
    },
  )
  await removeFromAll(db, having('tenant_id', 'user_id'), {
    where: `${mine} AND user_id = $2`,
    values: [tenantId, userId],
    removed,
  })
  for (const { botId, chatId } of connections) await eraseChat(db, having, { tenantId, botId, chatId, removed })
  await eraseMentions(db, { tenantId, userId, connectionIds, removed })
  return removed
}

type Having = (...columns: string[]) => StoredTable[]
interface Erasing {
  tenantId: string
  removed: Removed
}

/** Notifications to that person alone go; from lists of several the person is taken out. */
async function eraseNotifications(
  db: Database,
  having: Having,
  { tenantId, userId, shownIds, removed }: Erasing & { userId: string; shownIds: readonly string[] },
): Promise<void> {
  for (;;) {
    const found = await db.$queryRaw<{ id: string }[]>`
      SELECT id::text FROM notifications
      WHERE tenant_id = ${tenantId}::uuid AND (
        target ->> 'user_id' = ${userId} OR target ->> 'connection_id' = ANY (${shownIds})
        OR target -> 'user_ids' = jsonb_build_array(${userId}::text)
      )
      LIMIT ${notificationsAtOnce}`
    const ids = found.map(({ id }) => id)
    if (ids.length === 0) break
    const ofThem = (column: string) => ({
      where: `tenant_id = $1::uuid AND ${column} = ANY ($2::uuid[])`,
      values: [tenantId, ids],
      removed,
    })
    for (const column of ['notification_id', 'question_id']) {
      await removeFromAll(db, having('tenant_id', column), ofThem(column))
    }
    // Those whose own id it is.
    const own = having('tenant_id', 'id').filter(({ name }) => /^(?:questions|inbox_messages)$/.test(name))
    await removeFromAll(db, own, ofThem('id'))
    await removeFromAll(db, having('tenant_id', 'id', 'target'), ofThem('id'))
  }
  await db.$executeRaw`
    UPDATE notifications SET target = jsonb_set(target, '{user_ids}', (target -> 'user_ids') - ${userId}::text)
    WHERE tenant_id = ${tenantId}::uuid AND target -> 'user_ids' ? ${userId}`
}

async function eraseEvents(
  db: Database,
  having: Having,
  { tenantId, userId, removed }: Erasing & { userId: string },
): Promise<void> {
  const isTheirs = `data ->> 'user_id' = $2 OR data -> 'other_user_ids' ? $2
    OR data -> 'answers' @> jsonb_build_array(jsonb_build_object('user_id', $2::text))`
  const events = having('tenant_id', 'xid', 'data', 'type')
  for (const table of having('tenant_id', 'event_id')) {
    const ofTheirs = `SELECT id FROM events WHERE tenant_id = $1::uuid AND (${isTheirs})`
    await removeRows(db, table, {
      where: `tenant_id = $1::uuid AND event_id IN (${ofTheirs})`,
      values: [tenantId, userId],
      removed,
    })
  }
  await removeFromAll(db, events, {
    where: `tenant_id = $1::uuid AND (${isTheirs})`,
    values: [tenantId, userId],
    removed,
  })
}

/** A chat in which nobody else is connected goes, with what was said in it; else only what is the tenant's. */
async function eraseChat(
  db: Database,
  having: Having,
  { tenantId, botId, chatId, removed }: Erasing & { botId: string; chatId: bigint },
): Promise<void> {
  const inChat = 'bot_id = $1::uuid AND chat_id = $2::bigint'
  const isOfTenants = await db.connection.count({ where: { tenantId, botId, chatId } })
  if (isOfTenants > 0) return
  const values = [botId, chatId]
  await removeFromAll(db, having('tenant_id', 'bot_id', 'chat_id'), {
    where: `${inChat} AND tenant_id = $3::uuid`,
    values: [...values, tenantId],
    removed,
  })
  if ((await db.connection.count({ where: { botId, chatId } })) > 0) return
  await removeFromAll(
    db,
    having('bot_id', 'chat_id').filter(({ columns }) => !columns.has('tenant_id')),
    {
      where: inChat,
      values,
      removed,
    },
  )
}

/** Elsewhere the person may be named too: in answers to questions, in kept answers of requests, in the audit. */
async function eraseMentions(
  db: Database,
  { tenantId, userId, connectionIds, removed }: Erasing & { userId: string; connectionIds: readonly string[] },
): Promise<void> {
  const written = JSON.stringify(userId)
  await db.$executeRaw`
    UPDATE questions SET answer = NULL
    WHERE tenant_id = ${tenantId}::uuid AND answer IS NOT NULL AND position(${written} IN answer::text) > 0`
  removed['idempotency_keys'] = await db.$executeRaw`
    DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId}::uuid AND position(${written} IN result::text) > 0`
  const mentions = [written, ...connectionIds]
  removed['audit_details'] = await db.$executeRaw`
    UPDATE audit_entries SET details = NULL, salt = NULL
    WHERE tenant_id = ${tenantId}::uuid AND EXISTS (SELECT FROM unnest(${mentions}::text[]) m WHERE position(m IN details) > 0)`
}
