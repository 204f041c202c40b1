import { inTransaction } from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import type { TenantContext } from '../../context.js'
import { showId } from '../../http/ids.js'
import { findNotification } from './get-notification.js'
import { lockNotification } from './lock-notification.js'

/**
 * Takes back what was sent, from every chat that it was sent to in the last 48 hours: for what is older
 * Telegram does not allow it. What was not sent yet is to be cancelled instead.
 */
export async function deleteMessages(ctx: TenantContext, id: string) {
  const { tenantId } = ctx
  await findNotification(ctx, id)
  const rows = await inTransaction(ctx, async ({ db }) => {
    await lockNotification(db, tenantId, id)
    return db.$queryRaw<{ bot_id: string; is_too_old: boolean }[]>`
      WITH target AS MATERIALIZED (
        SELECT d.id, d.bot_id, d.chat_id, d.connection_id, d.sent_at < clock_timestamp() - interval '48 hours' AS is_too_old
        FROM deliveries d
        JOIN connections c ON c.tenant_id = d.tenant_id AND c.id = d.connection_id AND c.status = 'active'
        WHERE d.tenant_id = ${tenantId}::uuid AND d.notification_id = ${id}::uuid AND d.status = 'sent'
          AND cardinality(d.telegram_message_ids) > 0
          AND ((d.change ->> 'type') IS DISTINCT FROM 'delete' OR d.change ->> 'status' = 'failed')
      ),
      queued AS (
        INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, reply)
        SELECT uuid_v7(), bot_id, ${tenantId}::uuid, 1, chat_id, 'change', ${id}::uuid, connection_id,
          jsonb_build_object('type', 'delete', 'delivery_id', id)
        FROM target WHERE NOT is_too_old ORDER BY id
      ),
      marked AS (
        UPDATE deliveries d SET change = jsonb_build_object('type', 'delete', 'at', clock_timestamp(),
          'status', CASE WHEN t.is_too_old THEN 'failed' ELSE 'pending' END,
          'failure', CASE WHEN t.is_too_old THEN jsonb_build_object('code', 'message_too_old', 'class', 'message', 'at', clock_timestamp()) END)
        FROM target t WHERE d.tenant_id = ${tenantId}::uuid AND d.id = t.id
      )
      SELECT bot_id, is_too_old FROM target`
  })
  const deleting = rows.filter((row) => !row.is_too_old)
  for (const botId of new Set(deleting.map((row) => row.bot_id))) ctx.waker.wake(DrainLane, { botId })
  return { id: showId('ntf', id), deleting: deleting.length, too_old: rows.length - deleting.length }
}
