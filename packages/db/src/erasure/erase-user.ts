import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../client.js'
import { idFloor } from '../ids.js'
import type { ProveErasure } from './blank-audit.js'
import { eraseMentions } from './erase-mentions.js'
import {
  findTables,
  type Place,
  type Removal,
  type Removed,
  removeFromAll,
  removeOfTenant,
  removeRows,
  type StoredTable,
  stretchesOf,
} from './remove-rows.js'

export interface ErasedUser {
  tenantId: string
  userId: string
  /** How ids of connections are shown, as notifications name them. */
  showConnectionId: (id: string) => string
  prove: ProveErasure
  /** Opens an answer that was kept sealed: JSON. */
  openKept: (kept: { tenantId: string; key: string; sealed: Uint8Array }) => unknown
  /** Is called before each slice; whatever it throws ends the erasure. */
  beforeSlice?: () => Promise<void>
}

/** So many notifications, or events, go in one go with what belongs to them. */
const removedWithAtOnce = 500
/** These go last: by them the rest is found, and who complains about a tenant is not the tenant's to forget. */
const last = ['connections', 'users', 'chats', 'reports']

type Having = (...columns: string[]) => StoredTable[]
type Erasing = Pick<ErasedUser, 'tenantId' | 'userId' | 'showConnectionId' | 'prove' | 'openKept'> &
  Pick<Removal, 'removed' | 'beforeSlice'> & { having: Having }

interface Chat {
  botId: string
  chatId: bigint
}

/**
 * Removes everything that is held about a person: the notifications to that person alone with all that belongs to them,
 * deliveries, connections, links, messages, events, and chats in which nobody else is. Kept answers of requests and the audit are
 * searched for the person's id. It can be done again where it was interrupted.
 * @returns how much was removed.
 */
export async function eraseUser(
  db: Database,
  { tenantId, userId, showConnectionId, prove, openKept, beforeSlice }: ErasedUser,
): Promise<Removed> {
  const removed: Removed = {}
  const tables = (await findTables(db)).filter(({ name }) => !last.includes(name))
  const having: Having = (...columns) => tables.filter((table) => columns.every((column) => table.columns.has(column)))
  const erasing: Erasing = { tenantId, userId, showConnectionId, prove, openKept, having, removed, beforeSlice }
  const began = await readPlace(db)
  const first = await db.connection.findMany({ where: { tenantId, userId } })
  await untilWalked(
    db,
    erasing,
    first.map(({ id }) => id),
  )
  await eraseRows(
    db,
    erasing,
    first.map(({ id }) => id),
  )
  // It may have taken long, in which somebody wrote to the person, or a request from before has connected them.
  const connections = await db.connection.findMany({ where: { tenantId, userId } })
  const connectionIds = connections.map(({ id }) => id)
  await eraseRows(db, erasing, connectionIds, began)
  await eraseMentions(db, { ...erasing, shownIds: connectionIds.map(showConnectionId) })
  for (const chat of connections) await eraseChat(db, erasing, chat)
  await eraseConnections(db, erasing, connections)
  return removed
}

/** A transaction that writes a row has chosen its id no longer ago. */
const idsLateMs = 120_000

/** What is written from now on has no place before it. */
async function readPlace(db: Database): Promise<Place> {
  const [now] = await db.$queryRaw<{ xid: string; ms: number }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid, extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms`
  return { xid: now?.xid ?? '0', id: idFloor((now?.ms ?? idsLateMs) - idsLateMs) }
}

/** Removes the rows that are about a person. @param from where it begins to look for those to which no index leads. */
async function eraseRows(
  db: Database,
  erasing: Erasing,
  connectionIds: readonly string[],
  from?: Place,
): Promise<void> {
  const { tenantId, userId, having, showConnectionId, removed, beforeSlice } = erasing
  await eraseNotifications(db, erasing, connectionIds.map(showConnectionId), from)
  await eraseEvents(db, erasing, from)
  const ofConnections = {
    where: 'tenant_id = $1::uuid AND connection_id = ANY ($2::uuid[])',
    values: [tenantId, connectionIds],
    removed,
    beforeSlice,
  }
  await removeOfTenant(db, having('tenant_id', 'connection_id'), ofConnections, from)
  const ofUser = { where: 'tenant_id = $1::uuid AND user_id = $2', values: [tenantId, userId], removed, beforeSlice }
  await removeOfTenant(db, having('tenant_id', 'user_id'), ofUser, from)
}

const [walkedWithinMs, lookEveryMs] = [20_000, 250]

/** Whose questions can be answered by nobody any more is found by rows that go here; it takes a moment. */
async function untilWalked(
  db: Database,
  { tenantId, beforeSlice }: Erasing,
  connectionIds: readonly string[],
): Promise<void> {
  const ofConnections = { tenantId, connectionId: { in: [...connectionIds] } }
  const isDoubted = async () =>
    (await db.connectionDoubt.count({ where: ofConnections })) > 0 ||
    (await db.questionDoubt.count({ where: { tenantId, dueAt: { lte: new Date() } } })) > 0
  const deadline = performance.now() + walkedWithinMs
  while (performance.now() < deadline && (await isDoubted())) {
    await beforeSlice?.()
    await delay(lookEveryMs)
  }
}

/** Notifications to that person alone go; from lists of several the person is taken out. */
async function eraseNotifications(
  db: Database,
  erasing: Erasing,
  shownIds: readonly string[],
  from: Place | undefined,
): Promise<void> {
  const { tenantId, userId, having, beforeSlice } = erasing
  for (const table of having('tenant_id', 'id', 'target')) {
    for await (const { where, values: stretch } of stretchesOf(db, table, tenantId, from)) {
      await beforeSlice?.()
      const found = await db.$queryRawUnsafe<{ id: string }[]>(
        `SELECT id::text FROM "${table.name}"
         WHERE tenant_id = $1::uuid AND ${where(4)} AND (
           target ->> 'user_id' = $2 OR target ->> 'connection_id' = ANY ($3) OR target -> 'user_ids' = jsonb_build_array($2::text)
         )`,
        tenantId,
        userId,
        shownIds,
        ...stretch,
      )
      for (const ids of inSlices(found)) await removeNotifications(db, erasing, { table, ids })
      await db.$executeRawUnsafe(
        `UPDATE "${table.name}" SET target = jsonb_set(target, '{user_ids}', (target -> 'user_ids') - $2::text)
         WHERE tenant_id = $1::uuid AND ${where(3)} AND target -> 'user_ids' ? $2`,
        tenantId,
        userId,
        ...stretch,
      )
    }
  }
}

/** With all that belongs to them. */
async function removeNotifications(
  db: Database,
  { tenantId, having, removed, beforeSlice }: Erasing,
  { table, ids }: { table: StoredTable; ids: string[] },
): Promise<void> {
  const ofThem = (column: string): Removal => ({
    where: `tenant_id = $1::uuid AND ${column} = ANY ($2::uuid[])`,
    values: [tenantId, ids],
    removed,
    beforeSlice,
  })
  for (const column of ['notification_id', 'question_id']) {
    await removeFromAll(db, having('tenant_id', column), ofThem(column))
  }
  // Those whose own id it is.
  const own = having('tenant_id', 'id').filter(({ name }) => name === 'questions' || name === 'inbox_messages')
  await removeFromAll(db, [...own, table], ofThem('id'))
}

function inSlices(found: readonly { id: string }[]): string[][] {
  return Array.from({ length: Math.ceil(found.length / removedWithAtOnce) }, (_, slice) =>
    found.slice(slice * removedWithAtOnce, (slice + 1) * removedWithAtOnce).map(({ id }) => id),
  )
}

async function eraseEvents(
  db: Database,
  { tenantId, userId, having, removed, beforeSlice }: Erasing,
  from: Place | undefined,
): Promise<void> {
  for (const table of having('tenant_id', 'xid', 'data', 'type')) {
    for await (const { where, values: stretch } of stretchesOf(db, table, tenantId, from)) {
      await beforeSlice?.()
      const found = await db.$queryRawUnsafe<{ id: string }[]>(
        `SELECT id::text FROM "${table.name}"
         WHERE tenant_id = $1::uuid AND ${where(3)} AND (
           data ->> 'user_id' = $2 OR data -> 'other_user_ids' ? $2
           OR data -> 'answers' @> jsonb_build_array(jsonb_build_object('user_id', $2::text))
         )`,
        tenantId,
        userId,
        ...stretch,
      )
      for (const ids of inSlices(found)) {
        const values = [tenantId, ids]
        const ofThem = 'tenant_id = $1::uuid AND event_id = ANY ($2::uuid[])'
        await removeFromAll(db, having('tenant_id', 'event_id'), { where: ofThem, values, removed, beforeSlice })
        await removeRows(db, table, {
          where: `tenant_id = $1::uuid AND id = ANY ($2::uuid[]) AND ${where(3)}`,
          values: [...values, ...stretch],
          removed,
          beforeSlice,
        })
      }
    }
  }
}

/** All that was said in a chat, and where it was before, goes where nobody else of the tenant is connected, and all of it where nobody is at all. */
async function eraseChat(
  db: Database,
  { tenantId, userId, having, removed, beforeSlice }: Erasing,
  { botId, chatId }: Chat,
): Promise<void> {
  const others = await db.connection.findMany({
    where: { botId, chatId, NOT: { tenantId, userId } },
    select: { tenantId: true },
  })
  if (others.some((other) => other.tenantId === tenantId)) return
  const former = await db.chat.findMany({ where: { botId, migratedToChatId: chatId }, select: { chatId: true } })
  const chatIds = [chatId, ...former.map((chat) => chat.chatId)]
  // No chat is 0, which the index of what waits for a chat wants to hear.
  const inChats = 'bot_id = $1::uuid AND chat_id = ANY ($2::bigint[]) AND chat_id <> 0'
  await removeFromAll(db, having('tenant_id', 'bot_id', 'chat_id'), {
    where: `${inChats} AND tenant_id = $3::uuid`,
    values: [botId, chatIds, tenantId],
    removed,
    beforeSlice,
  })
  if (others.length > 0) return
  await db.report.updateMany({ where: { botId, chatId: { in: chatIds } }, data: { reportedBy: null } })
  const ofNobody = having('bot_id', 'chat_id').filter(({ columns }) => !columns.has('tenant_id'))
  await removeFromAll(db, ofNobody, { where: inChats, values: [botId, chatIds], removed, beforeSlice })
}

/** The last of it goes together, so that whoever begins anew finds what is left. */
async function eraseConnections(
  db: Database,
  { tenantId, userId, removed }: Erasing,
  connections: readonly Chat[],
): Promise<void> {
  await db.$transaction(async (db) => {
    removed['connections'] = (await db.connection.deleteMany({ where: { tenantId, userId } })).count
    for (const { botId, chatId } of connections) {
      const { count } = await db.chat.deleteMany({ where: { botId, chatId, connections: { none: {} } } })
      // Where it was before nobody is.
      const former = count === 0 ? 0 : (await db.chat.deleteMany({ where: { botId, migratedToChatId: chatId } })).count
      removed['chats'] = (removed['chats'] ?? 0) + count + former
    }
    removed['users'] = (await db.user.deleteMany({ where: { tenantId, userId } })).count
  })
}
