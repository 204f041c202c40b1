import { eventsOf, insertEvents } from '../events/insert-events.js'
import { nilUuid } from '../ids.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'
import { jsonNow, priorityRank } from './delivery-states.js'
import { joinLane } from './join-lane.js'
import { isOfNotification } from './of-notification.js'

/** What is asked for of messages that were sent. As it is kept in a row of a lane, with the delivery's id. */
export type EditRequest = { type: 'edit'; has_new_media: boolean } | { type: 'delete' }

/** The edit that was last asked for of a delivery's message, and what became of it: as it is stored and shown. */
export interface StoredEdit {
  type: 'edit' | 'delete'
  status: 'pending' | 'done' | 'failed'
  /** RFC 3339, UTC, with milliseconds. */
  at: string
  failure: { code: string; class: string; at: string } | null
}

// Of an edit also what is being sent is meant, which may have been claimed with the old content.
const wanted = {
  delete: 'cardinality(d.telegram_message_ids) > 0',
  edit: '(cardinality(d.telegram_message_ids) > 0 OR p.claimed_by IS NOT NULL)',
}

const tooOld = 'message_too_old'
const isTooOld = {
  // Telegram deletes for 48 hours (Bot API, deleteMessage).
  delete: "coalesce(d.sent_at, n.created_at) < clock_timestamp() - interval '48 hours'",
  edit: 'false',
}

const queue = (type: EditRequest['type']): string => `
WITH targets AS MATERIALIZED (
  SELECT
    d.id AS delivery_id,
    uuidv7() AS id,
    d.tenant_id,
    d.notification_id,
    c.bot_id,
    c.chat_id,
    c.id AS connection_id,
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
  FROM deliveries d
  JOIN notifications n ON ${probe('n.tenant_id', 'd.tenant_id')} AND ${probe('n.id', 'd.notification_id')}
  JOIN connections c ON ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.connection_id')}
  LEFT JOIN pending_deliveries p ON ${probe('p.id', 'd.id')}
  WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')} AND d.id > $3::uuid AND ${wanted[type]}
    AND NOT (coalesce(d.edit ->> 'type', '') = 'delete' AND d.edit ->> 'status' <> 'failed')
  ORDER BY d.id LIMIT $4
  FOR UPDATE OF d
),
renewed_rows AS (
  -- One that nobody has begun yet is composed with what is stored by then, and does what was asked for last.
  UPDATE pending_deliveries p SET
    body = $5::jsonb || jsonb_build_object('delivery_id', t.delivery_id)
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
      body: "$5::jsonb || jsonb_build_object('delivery_id', delivery_id)",
      expires_at: 'NULL',
      stops_if_unknown: 'false',
    },
    where: 'code IS NULL AND delivery_id NOT IN (SELECT delivery_id FROM renewed_rows)',
    orderBy: 'delivery_id',
  })}
),
written_deliveries AS (
  UPDATE deliveries d SET edit = jsonb_build_object(
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
)
SELECT delivery_id, bot_id, code FROM targets ORDER BY delivery_id`

const statements = {
  edit: defineStatement('queue-edits', queue('edit')),
  delete: defineStatement('queue-deletions', queue('delete')),
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

export interface QueuedSlice extends QueuedEdits {
  /** The delivery after which the next slice begins; undefined after the last one. */
  after: string | undefined
}

/** Queues edits of some of the deliveries of a notification, beginning after one of them. */
export async function queueEditsAfter(
  on: Executor,
  notification: { tenantId: string; notificationId: string },
  request: EditRequest,
  { after = nilUuid, countMax }: { after?: string | undefined; countMax: number },
): Promise<QueuedSlice> {
  const { tenantId, notificationId } = notification
  const values = [tenantId, notificationId, after, countMax, JSON.stringify(request)]
  const rows = await run<QueuedEdit>(on, statements[request.type], values)
  const queued = rows.filter(({ code }) => code === null)
  return {
    botIds: [...new Set(queued.map(({ botId }) => botId))],
    queued: queued.length,
    tooOld: rows.filter(({ code }) => code === tooOld).length,
    after: rows.length < countMax ? undefined : rows.at(-1)?.deliveryId,
  }
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
  const botIds = new Set<string>()
  let [queued, tooOldCount] = [0, 0]
  let after: string | undefined
  do {
    const slice = await queueEditsAfter(on, { tenantId, notificationId }, request, { after, countMax: sliceSize })
    for (const botId of slice.botIds) botIds.add(botId)
    queued += slice.queued
    tooOldCount += slice.tooOld
    after = slice.after
  } while (after !== undefined)
  return { botIds: [...botIds], queued, tooOld: tooOldCount }
}
