import { nilUuid } from '../ids.js'
import { defineStatement, type Executor, run } from '../sql.js'
import { jsonNow, priorityRank } from './delivery-states.js'
import { joinLane } from './join-lane.js'

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

const isTooOld = {
  // Telegram deletes for 48 hours (Bot API, deleteMessage).
  delete: "coalesce(d.sent_at, n.created_at) < clock_timestamp() - interval '48 hours'",
  edit: 'false',
}

const queue = (type: EditRequest['type']): string => `
WITH targets AS MATERIALIZED (
  SELECT
    d.id AS delivery_id,
    uuid_v7() AS id,
    d.tenant_id,
    d.notification_id,
    c.bot_id,
    c.chat_id,
    c.id AS connection_id,
    ${priorityRank('n.priority')} AS priority,
    CASE
      WHEN ${isTooOld[type]} THEN 'message_too_old'
      -- In a group that moved, the numbers of messages are others than when this one was sent.
      WHEN d.chat_id <> c.chat_id THEN 'message_unavailable'
    END AS code
  FROM deliveries d
  JOIN notifications n ON n.tenant_id = d.tenant_id AND n.id = d.notification_id
  JOIN connections c ON c.tenant_id = d.tenant_id AND c.id = d.connection_id AND c.status = 'active'
  LEFT JOIN pending_deliveries p ON p.id = d.id
  WHERE d.tenant_id = $1::uuid AND d.notification_id = $2::uuid AND d.id > $3::uuid AND ${wanted[type]}
    AND NOT (coalesce(d.edit ->> 'type', '') = 'delete' AND d.edit ->> 'status' <> 'failed')
  ORDER BY d.id LIMIT $4
  FOR UPDATE OF d
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
    where: 'code IS NULL',
    orderBy: 'delivery_id',
  })}
),
written_deliveries AS (
  UPDATE deliveries d SET edit = jsonb_build_object(
    'row', t.id,
    'type', '${type}',
    'at', ${jsonNow},
    'status', CASE WHEN t.code IS NULL THEN 'pending' ELSE 'failed' END,
    'failure', CASE WHEN t.code IS NOT NULL THEN
      jsonb_build_object('code', t.code, 'class', 'message', 'at', ${jsonNow})
    END
  )
  FROM targets t
  WHERE d.tenant_id = t.tenant_id AND d.id = t.delivery_id
)
SELECT delivery_id, bot_id, code IS NULL AS is_queued FROM targets ORDER BY delivery_id`

const statements = {
  edit: defineStatement('queue-edits', queue('edit')),
  delete: defineStatement('queue-deletions', queue('delete')),
}

interface QueuedEdit {
  deliveryId: string
  botId: string
  isQueued: boolean
}

const slice = 1_000

export interface QueuedEdits {
  botIds: string[]
  queued: number
  /** Those that Telegram no longer lets anybody change. */
  refused: number
}

/**
 * Puts a row behind what waits in each chat where something of the notification was sent, slice by slice. Of a
 * delivery the last edit that was asked for is the one that is shown.
 */
export async function queueEdits(
  on: Executor,
  tenantId: string,
  notificationId: string,
  request: EditRequest,
): Promise<QueuedEdits> {
  const botIds = new Set<string>()
  let [queued, refused] = [0, 0]
  let after = nilUuid
  for (;;) {
    const rows = await run<QueuedEdit>(on, statements[request.type], [
      tenantId,
      notificationId,
      after,
      slice,
      JSON.stringify(request),
    ])
    for (const { botId, isQueued } of rows) {
      if (isQueued) botIds.add(botId)
      if (isQueued) queued++
      else refused++
    }
    const last = rows.at(-1)
    if (!last || rows.length < slice) return { botIds: [...botIds], queued, refused }
    after = last.deliveryId
  }
}
