import { Prisma } from '@tellwire/db'
import type { TenantContext } from '../../context.js'

const changedAtOnce = 1_000

type Change = { type: 'edit'; hasNewMedia: boolean } | { type: 'delete' }

interface Queued {
  id: string
  bot_id: string
  is_too_old: boolean
}

/**
 * Puts a row behind what waits in each chat where something of the notification was sent, slice by slice: of a
 * delivery the last change that was asked for is the one that is shown. What is more than 48 hours old cannot
 * be deleted (Bot API, deleteMessage) and is said to be too old at once.
 */
export async function queueChanges(
  { db, tenantId }: TenantContext,
  notificationId: string,
  change: Change,
): Promise<{ botIds: Set<string>; count: number; tooOld: number }> {
  const botIds = new Set<string>()
  let count = 0
  let tooOld = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await queueSlice(db, tenantId, notificationId, change, after)
    for (const row of rows.filter((each) => !each.is_too_old)) botIds.add(row.bot_id)
    tooOld += rows.filter((row) => row.is_too_old).length
    count += rows.length
    const last = rows.at(-1)
    if (!last || rows.length < changedAtOnce) return { botIds, count: count - tooOld, tooOld }
    after = last.id
  }
}

function queueSlice(
  db: TenantContext['db'],
  tenantId: string,
  notificationId: string,
  change: Change,
  after: string,
): Promise<Queued[]> {
  const isDelete = change.type === 'delete'
  const payload = isDelete ? { type: 'delete' } : { type: 'edit', has_new_media: change.hasNewMedia }
  // Of an edit also what is being sent, which may have been claimed with the old content.
  const chosen = isDelete
    ? Prisma.sql`cardinality(d.telegram_message_ids) > 0 AND NOT (coalesce(d.change ->> 'type', '') = 'delete' AND d.change ->> 'status' <> 'failed')`
    : Prisma.sql`(cardinality(d.telegram_message_ids) > 0 OR p.claimed_by IS NOT NULL)
        AND NOT (coalesce(d.change ->> 'type', '') = 'delete' AND d.change ->> 'status' <> 'failed')`
  return db.$queryRaw<Queued[]>`
    WITH target AS MATERIALIZED (
      SELECT d.id, c.bot_id, c.chat_id, c.id AS connection_id, uuid_v7() AS row_id, d.chat_id <> c.chat_id AS is_elsewhere,
        ${isDelete}::bool AND coalesce(d.sent_at, n.created_at) < clock_timestamp() - interval '48 hours' AS is_too_old,
        CASE n.priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END AS rank
      FROM deliveries d
      JOIN notifications n ON n.tenant_id = d.tenant_id AND n.id = d.notification_id
      JOIN connections c ON c.tenant_id = d.tenant_id AND c.id = d.connection_id AND c.status = 'active'
      LEFT JOIN pending_deliveries p ON p.id = d.id
      WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${notificationId}::uuid AND d.id > ${after}::uuid AND ${chosen}
      ORDER BY d.id LIMIT ${changedAtOnce}
      FOR UPDATE OF d
    ),
    judged AS MATERIALIZED (
      -- In a group that moved, the numbers of messages are others than when this one was sent.
      SELECT *, CASE WHEN is_too_old THEN 'message_too_old' WHEN is_elsewhere THEN 'message_unavailable' END AS code FROM target
    ),
    queued AS (
      INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, reply)
      SELECT row_id, bot_id, ${tenantId}::uuid, rank, chat_id, 'change', ${notificationId}::uuid, connection_id,
        ${JSON.stringify(payload)}::jsonb || jsonb_build_object('delivery_id', id)
      FROM judged WHERE code IS NULL ORDER BY id
    ),
    marked AS (
      UPDATE deliveries d SET change = jsonb_build_object('row', j.row_id, 'type', ${change.type}::text, 'at', clock_timestamp(),
        'status', CASE WHEN j.code IS NULL THEN 'pending' ELSE 'failed' END,
        'failure', CASE WHEN j.code IS NOT NULL THEN jsonb_build_object('code', j.code, 'class', 'message', 'at', clock_timestamp()) END)
      FROM judged j WHERE d.tenant_id = ${tenantId}::uuid AND d.id = j.id
    )
    SELECT id, bot_id, code IS NOT NULL AS is_too_old FROM judged ORDER BY id`
}
