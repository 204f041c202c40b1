import type { Transaction } from '../client.js'
import { disorder } from '../events/read-events.js'
import { Prisma } from '../generated/client.js'
import { idTime, nilUuid } from '../ids.js'

interface Row {
  /** A UUID of version 7: the larger, the later. */
  id: string
}

type DeliveryRow = Row & { notificationId: string; connectionId: string | null }

interface AnswerRow {
  questionId: string
  connectionId: string
  answer: unknown
  answeredAt: Date
}

export interface ExportedRows {
  /** As they are stored, as JSON. Of others whom they went to nothing is told. */
  notifications: Row[]
  deliveries: DeliveryRow[]
  /** Answers from the person's chats to questions among the notifications, whatever became of those. */
  answers: AnswerRow[]
  events: Row[]
  /** How many bytes the notifications' texts have together. */
  bytes: number
  /** The id before which there is more; undefined where this is the rest. */
  endsAt: string | undefined
}

interface Exported {
  tenantId: string
  userId: string
  shownIds: readonly string[]
  countMax: number
  /** How many the texts of a page may have together, but for the first of them. */
  bytesMax: number
  /** Only what has a smaller id. */
  before: string | undefined
  /** Only what has this id or a larger one. No index leads to a person: all of a tenant's rows in between are looked at. */
  from?: string | undefined
}

interface Sized {
  id: string
  bytes: number
}

const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Reads what was sent to a person and what happened, the latest first, up to so many of each. */
export async function exportUser(
  db: Transaction,
  { tenantId, userId, shownIds, countMax, bytesMax, before = lastUuid, from = nilUuid }: Exported,
): Promise<ExportedRows> {
  const deliveries = await db.delivery.findMany({
    where: { tenantId, userId, id: { gte: from, lt: before } },
    orderBy: { id: 'desc' },
    take: countMax,
  })
  const targeted = await db.$queryRaw<Sized[]>`
    SELECT n.id::text, coalesce(octet_length(c.text), 0) AS bytes
    FROM notifications n
    LEFT JOIN notification_contents c ON c.tenant_id = n.tenant_id AND c.notification_id = n.id
    WHERE n.tenant_id = ${tenantId}::uuid AND n.id >= ${from}::uuid AND n.id < ${before}::uuid AND (
      n.target ->> 'user_id' = ${userId} OR n.target ->> 'connection_id' = ANY (${shownIds}) OR n.target -> 'user_ids' ? ${userId}
    )
    ORDER BY n.id DESC LIMIT ${countMax}`
  // Of a broadcast it is the delivery that says that it went to that person. It may have been posted long before.
  const ofBroadcasts = await db.$queryRaw<Sized[]>`
    SELECT n.id::text, coalesce(octet_length(c.text), 0) AS bytes
    FROM notifications n
    LEFT JOIN notification_contents c ON c.tenant_id = n.tenant_id AND c.notification_id = n.id
    WHERE n.tenant_id = ${tenantId}::uuid AND n.id = ANY (${deliveries.map(({ notificationId }) => notificationId)}::uuid[])
      AND (n.target ? 'topic' OR n.target ? 'everyone')`
  const { startXid, endXid } = await findPlaces(db, { tenantId, before, from })
  const events = await db.$queryRaw<{ row: Row }[]>`
    SELECT jsonb_build_object('id', id, 'type', type, 'created_at', created_at, 'data', CASE
      -- Of others who answered the same question nothing is told.
      WHEN data ? 'answers' THEN jsonb_set(data, '{answers}', (
        SELECT coalesce(jsonb_agg(a), '[]') FROM jsonb_array_elements(data -> 'answers') a WHERE a ->> 'user_id' = ${userId}
      ))
      ELSE data
    END) AS row
    FROM (
      SELECT * FROM events
      WHERE tenant_id = ${tenantId}::uuid AND xid >= ${startXid}::xid8 AND xid <= ${endXid}::xid8
        AND id >= ${from}::uuid AND id < ${before}::uuid
      UNION ALL
      -- Those of before a restore.
      SELECT * FROM events WHERE tenant_id = ${tenantId}::uuid AND xid = '0'::xid8 AND id >= ${from}::uuid AND id < ${before}::uuid
    ) e
    WHERE data ->> 'user_id' = ${userId} OR data -> 'other_user_ids' ? ${userId}
      OR data -> 'answers' @> jsonb_build_array(jsonb_build_object('user_id', ${userId}::text))
    ORDER BY id DESC LIMIT ${countMax}`

  const sizeOf = new Map([...targeted, ...ofBroadcasts].map(({ id, bytes }) => [id, bytes]))
  const broadcastIds = new Set(ofBroadcasts.map(({ id }) => id))
  const withBroadcasts = deliveries.map(({ id, notificationId }) => ({
    id,
    bytes: broadcastIds.has(notificationId) ? (sizeOf.get(notificationId) ?? 0) : 0,
  }))
  // A page ends where the first of the lists does, so that the next one goes on there with all of them.
  const ends = [
    endOf(targeted, countMax, bytesMax),
    endOf(withBroadcasts, countMax, bytesMax),
    endOf(
      events.map(({ row: { id } }) => ({ id, bytes: 0 })),
      countMax,
      bytesMax,
    ),
  ]
  const endsAt = ends
    .filter((id) => id !== undefined)
    .toSorted()
    .at(-1)
  const isOnPage = ({ id }: Row): boolean => endsAt === undefined || id >= endsAt
  const deliveriesOnPage = deliveries.filter(isOnPage)
  const ids = [
    ...targeted.filter(isOnPage).map(({ id }) => id),
    ...new Set(deliveriesOnPage.flatMap(({ notificationId: id }) => (broadcastIds.has(id) ? id : []))),
  ]
  const notifications = await db.$queryRaw<{ row: Row }[]>`
    SELECT jsonb_build_object(
      'id', n.id,
      'to', CASE WHEN n.target ? 'user_ids' THEN jsonb_set(n.target, '{user_ids}', jsonb_build_array(${userId}::text)) ELSE n.target END,
      'priority', n.priority, 'metadata', n.metadata, 'created_at', n.created_at,
      'format', c.format, 'text', c.text, 'options', c.options
    ) AS row
    FROM notifications n
    LEFT JOIN notification_contents c ON c.tenant_id = n.tenant_id AND c.notification_id = n.id
    WHERE n.tenant_id = ${tenantId}::uuid AND n.id = ANY (${ids}::uuid[])
    ORDER BY n.id DESC`
  const connections = await db.connection.findMany({ where: { tenantId, userId }, select: { id: true } })
  const answers = await db.questionAnswer.findMany({
    where: { tenantId, questionId: { in: ids }, connectionId: { in: connections.map(({ id }) => id) } },
  })
  return {
    notifications: notifications.map(({ row }) => row),
    answers,
    deliveries: deliveriesOnPage.map(({ id, notificationId, connectionId, status, failure, sentAt, endedAt }) => ({
      id,
      notificationId,
      connectionId,
      status,
      failure,
      sent_at: sentAt,
      ended_at: endedAt,
    })),
    events: events.map(({ row }) => row).filter(isOnPage),
    bytes: ids.reduce((sum, id) => sum + (sizeOf.get(id) ?? 0), 0),
    endsAt,
  }
}

const highestXid = '18446744073709551615'

/** Events lie in the order of their transactions: between which those are that were written in a time. */
async function findPlaces(
  db: Transaction,
  { tenantId, before, from }: { tenantId: string; before: string; from: string },
): Promise<{ startXid: string; endXid: string }> {
  const timeOf = (id: string, open: string): Date | null => (id === open ? null : new Date(idTime(id)))
  const xidAt = (moment: Date | null, sign: '+' | '-'): Prisma.Sql =>
    moment === null
      ? Prisma.sql`NULL::xid8`
      : Prisma.sql`events_xid_at(${tenantId}::uuid, ${moment}::timestamptz ${Prisma.raw(`${sign} ${disorder}`)}, false)`
  const [found] = await db.$queryRaw<{ startXid: string; endXid: string | null }[]>`
    SELECT
      greatest(${xidAt(timeOf(from, nilUuid), '-')}, '1'::xid8)::text AS "startXid",
      nullif(${xidAt(timeOf(before, lastUuid), '+')}, '0'::xid8)::text AS "endXid"`
  return { startXid: found?.startXid ?? '1', endXid: found?.endXid ?? highestXid }
}

/** @returns the id of the last of a list that a page may have; undefined where it may have all that there is. */
function endOf(rows: readonly Sized[], countMax: number, bytesMax: number): string | undefined {
  let bytes = 0
  for (const [index, row] of rows.entries()) {
    bytes += row.bytes
    if (bytes > bytesMax && index > 0) return rows[index - 1]?.id
  }
  return rows.length < countMax ? undefined : rows.at(-1)?.id
}
