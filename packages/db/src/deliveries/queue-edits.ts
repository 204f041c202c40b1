import { eventsOf, insertEvents } from '../events/insert-events.js'
import { nilUuid } from '../ids.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'
import { jsonNow, priorityRank } from './delivery-states.js'
import { joinLane } from './join-lane.js'
import { isOfNotification } from './of-notification.js'

/** What is asked for of messages that were sent. As it is kept in a row of a lane, with the delivery's id. */
export type EditRequest = { type: 'edit'; has_new_media: boolean; has_new_buttons: boolean } | { type: 'delete' }

/** The edit that was last asked for of a delivery's message, and what became of it: as it is stored and shown. */
export interface StoredEdit {
  type: 'edit' | 'delete'
  status: 'pending' | 'done' | 'failed'
  /** RFC 3339, UTC, with milliseconds. */
  at: string
  failure: { code: string; class: string; at: string } | null
}

/** Also what is being sent is meant: it may have been claimed with the old content, and will be in the chat. */
const isWanted = '(cardinality(d.telegram_message_ids) > 0 OR p.claimed_by IS NOT NULL)'

/** What a press has left of a message's buttons stays, unless there are others. */
const hasNewButtons = "coalesce(($5::jsonb ->> 'has_new_buttons')::bool, false)"

/** The SQL of a row's body. @param target a row of `targets`. */
const bodyOf = (target: string): string => `$5::jsonb || jsonb_build_object('delivery_id', ${target}.delivery_id)
      || CASE WHEN ${target}.left_buttons IS NULL OR ${hasNewButtons} THEN '{}' ELSE jsonb_build_object('left_buttons', ${target}.left_buttons) END`

const tooOld = 'message_too_old'
const isTooOld = {
  // Telegram deletes for 48 hours (Bot API, deleteMessage).
  delete:
    "coalesce(d.sent_at, CASE WHEN p.claimed_by IS NULL THEN n.created_at END) < clock_timestamp() - interval '48 hours'",
  edit: 'false',
}

/** A part of the statement where the edit of a broadcast goes on, in turn with whoever else does so. */
interface Turns {
  /** CTEs before it, each with a comma behind it. */
  before: string
  /** A condition of which nothing is done where it does not hold. */
  isMine: string
  /** Where the deliveries `d` come from. */
  deliveries: string
  /** CTEs behind it, each with a comma before it. */
  behind: string
  /** What the result is made of. */
  result: string
}

const ofNotification: Turns = { before: '', isMine: 'true', deliveries: 'deliveries d', behind: '', result: 'targets' }

// Who else goes on with it gets nothing: neither while this lasts, nor afterwards, when it is at another place.
const ofBroadcast: Turns = {
  before: `
turn AS MATERIALIZED (
  SELECT b.tenant_id, b.notification_id
  FROM broadcasts b
  WHERE b.tenant_id = $1::uuid AND b.notification_id = $2::uuid
    AND b.edit ->> 'no' = $6 AND coalesce(b.edit_after, '${nilUuid}') = $3::uuid
  FOR UPDATE SKIP LOCKED
),
-- However few of them were sent, no more are looked at in one go.
looked_at AS MATERIALIZED (
  SELECT d.tenant_id, d.id
  FROM deliveries d
  WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')} AND d.id > $3::uuid AND EXISTS (SELECT FROM turn)
  ORDER BY d.id LIMIT $4
),`,
  isMine: 'EXISTS (SELECT FROM turn)',
  deliveries: `looked_at l
  JOIN deliveries d ON ${probe('d.tenant_id', 'l.tenant_id')} AND ${probe('d.id', 'l.id')}`,
  behind: `,
advanced AS (
  UPDATE broadcasts b SET
    edit = CASE WHEN s.count < $4 THEN NULL ELSE b.edit END,
    edit_after = CASE WHEN s.count < $4 THEN NULL ELSE s.last END
  FROM (SELECT count(*), (array_agg(id ORDER BY id DESC))[1] AS last FROM looked_at) s
  WHERE b.tenant_id = $1::uuid AND b.notification_id = $2::uuid AND EXISTS (SELECT FROM turn)
)`,
  result: 'turn LEFT JOIN targets USING (tenant_id, notification_id)',
}

const queue = (type: EditRequest['type'], { before, isMine, deliveries, behind, result }: Turns): string => `
WITH ${before}
targets AS MATERIALIZED (
  SELECT
    d.id AS delivery_id,
    uuidv7() AS id,
    d.tenant_id,
    d.notification_id,
    c.bot_id,
    c.chat_id,
    c.id AS connection_id,
    d.left_buttons,
    CASE d.edit ->> 'status' WHEN 'pending' THEN (d.edit ->> 'row')::uuid END AS open_row,
    ${priorityRank('n.priority')} AS priority,
    CASE
      WHEN c.status <> 'active' THEN 'recipient_' || c.status
      WHEN ${isTooOld[type]} THEN '${tooOld}'
      -- The user is connected elsewhere by now. A group that became a supergroup is the same chat under another id.
      WHEN d.chat_id <> c.chat_id AND NOT EXISTS (
        SELECT FROM chats f
        WHERE ${probe('f.bot_id', 'c.bot_id')} AND ${probe('f.chat_id', 'd.chat_id')} AND f.migrated_to_chat_id = c.chat_id
      ) THEN 'message_unavailable'
    END AS code
  FROM ${deliveries}
  JOIN notifications n ON ${probe('n.tenant_id', 'd.tenant_id')} AND ${probe('n.id', 'd.notification_id')}
  JOIN connections c ON ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.connection_id')}
  LEFT JOIN pending_deliveries p ON ${probe('p.id', 'd.id')}
  WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')} AND d.id > $3::uuid AND ${isWanted} AND ${isMine}
    AND NOT (coalesce(d.edit ->> 'type', '') = 'delete' AND d.edit ->> 'status' <> 'failed')
  ORDER BY d.id LIMIT $4
  FOR UPDATE OF d
),
renewed_rows AS (
  -- One that nobody has begun yet is composed with what is stored by then, and does what was asked for last.
  UPDATE pending_deliveries p SET
    body = ${bodyOf('t')}
      || CASE WHEN p.body ->> 'has_new_media' = 'true' AND '${type}' = 'edit' THEN '{"has_new_media": true}' ELSE '{}' END::jsonb,
    part = NULL,
    dropped = NULL,
    attempts = 0
  FROM targets t
  WHERE ${probe('p.id', 't.open_row')} AND t.code IS NULL AND p.kind = 'edit' AND p.claimed_by IS NULL
  RETURNING t.delivery_id, p.id
),
joined_lanes AS (
  ${joinLane({
    from: 'targets',
    columns: {
      kind: "'edit'",
      body: bodyOf('targets'),
      expires_at: 'NULL',
      stops_if_unknown: 'false',
    },
    where: 'code IS NULL AND delivery_id NOT IN (SELECT delivery_id FROM renewed_rows)',
    orderBy: 'delivery_id',
  })}
),
written_deliveries AS (
  UPDATE deliveries d SET left_buttons = CASE WHEN NOT ${hasNewButtons} THEN d.left_buttons END, edit = jsonb_build_object(
    'row', coalesce((SELECT r.id FROM renewed_rows r WHERE r.delivery_id = t.delivery_id), t.id),
    'type', '${type}',
    'at', ${jsonNow},
    'status', CASE WHEN t.code IS NULL THEN 'pending' ELSE 'failed' END,
    'failure', CASE WHEN t.code IS NOT NULL THEN
      jsonb_build_object(
        'code', t.code,
        'class', CASE WHEN t.code LIKE 'recipient%' THEN 'recipient' ELSE 'message' END,
        'at', ${jsonNow}
      )
    END
  )
  FROM targets t
  WHERE ${probe('d.tenant_id', 't.tenant_id')} AND ${probe('d.id', 't.delivery_id')}
),
told AS (
  ${insertEvents(
    eventsOf('notification.edit_failed', {
      from: 'targets',
      data: { notification_id: 'notification_id', delivery_id: 'delivery_id' },
      where: 'code IS NOT NULL',
    }),
  )}
)${behind}
SELECT delivery_id, bot_id, code FROM ${result} ORDER BY delivery_id`

const statements = {
  edit: defineStatement('queue-edits', queue('edit', ofNotification)),
  delete: defineStatement('queue-deletions', queue('delete', ofNotification)),
}

const broadcastStatements = {
  edit: defineStatement('queue-edits-of-broadcast', queue('edit', ofBroadcast)),
  delete: defineStatement('queue-deletions-of-broadcast', queue('delete', ofBroadcast)),
}

interface QueuedEdit {
  deliveryId: string
  botId: string
  /** Why it cannot be made; null where it is queued. */
  code: string | null
}

const sliceSize = 1_000

export interface QueuedEdits {
  botIds: string[]
  queued: number
  /** Those that were sent too long ago. */
  tooOld: number
}

/** Queues edits of some of the deliveries of a notification, beginning after one of them. */
async function queueEditsAfter(
  on: Executor,
  notification: { tenantId: string; notificationId: string },
  request: EditRequest,
  { after, countMax }: { after: string; countMax: number },
): Promise<QueuedEdit[]> {
  const { tenantId, notificationId } = notification
  return run<QueuedEdit>(on, statements[request.type], [
    tenantId,
    notificationId,
    after,
    countMax,
    JSON.stringify(request),
  ])
}

/**
 * Queues edits of some of the messages of a broadcast, and notes how far that has come.
 * @param asked `no` is the number of what was asked for, and `after` the delivery that it has come to.
 * @returns the bots that have something to do; undefined where somebody else goes on with it, or something else is asked for.
 */
export async function queueEditsOfBroadcast(
  engine: Executor,
  broadcast: { tenantId: string; notificationId: string },
  { request, no, after }: { request: EditRequest; no: string; after: string | null },
  countMax: number,
): Promise<string[] | undefined> {
  const { tenantId, notificationId } = broadcast
  const place = [tenantId, notificationId, after ?? nilUuid, countMax, JSON.stringify(request), no]
  const rows = await run<Partial<QueuedEdit>>(engine, broadcastStatements[request.type], place)
  return rows.length === 0 ? undefined : botsOf(rows)
}

function botsOf(edits: readonly Partial<QueuedEdit>[]): string[] {
  return [...new Set(edits.flatMap(({ botId, code }) => (code === null ? (botId ?? []) : [])))]
}

/**
 * Puts a row behind what waits in each chat where something of the notification was sent, slice by slice. Of a delivery
 * one edit waits at most: the one that was asked for last, which is also the one that is shown.
 */
export async function queueEdits(
  on: Executor,
  tenantId: string,
  notificationId: string,
  request: EditRequest,
): Promise<QueuedEdits> {
  const notification = { tenantId, notificationId }
  const botIds = new Set<string>()
  let [queued, tooOldCount] = [0, 0]
  let after: string | undefined = nilUuid
  while (after !== undefined) {
    const slice: QueuedEdit[] = await queueEditsAfter(on, notification, request, { after, countMax: sliceSize })
    for (const botId of botsOf(slice)) botIds.add(botId)
    queued += slice.filter(({ code }) => code === null).length
    tooOldCount += slice.filter(({ code }) => code === tooOld).length
    after = slice.length < sliceSize ? undefined : slice.at(-1)?.deliveryId
  }
  return { botIds: [...botIds], queued, tooOld: tooOldCount }
}
