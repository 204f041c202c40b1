import type { Transaction } from '@tellwire/db'

/**
 * Lets go what was held until its user connects: it goes to the connection that came first. What is
 * scheduled for later waits on for its time. To be called in the transaction that connects.
 * @returns how many joined the lane.
 */
export async function releaseHeld(
  db: Transaction,
  connection: { tenantId: string; id: string; userId: string; botId: string; chatId: bigint },
): Promise<number> {
  const { tenantId, id, userId, botId, chatId } = connection
  return db.$executeRaw`
    WITH held AS MATERIALIZED (
      SELECT w.*, n.send_at, n.on_unknown, n.paused_at, coalesce(n.send_at > clock_timestamp(), false) AS is_early
      FROM waiting_deliveries w JOIN notifications n ON n.tenant_id = w.tenant_id AND n.id = w.notification_id
      WHERE w.tenant_id = ${tenantId}::uuid AND w.user_id = ${userId} AND w.connection_id IS NULL
        AND n.cancelled_at IS NULL AND coalesce(w.expires_at > clock_timestamp(), true)
      FOR UPDATE OF w FOR SHARE OF n
    ),
    gone AS (DELETE FROM waiting_deliveries w USING held h WHERE w.id = h.id AND NOT h.is_early),
    scheduled AS (
      UPDATE waiting_deliveries w SET connection_id = ${id}::uuid, due_at = h.send_at FROM held h WHERE w.id = h.id AND h.is_early
    ),
    written AS (
      UPDATE deliveries d SET connection_id = ${id}::uuid, bot_id = ${botId}::uuid, chat_id = ${chatId},
        status = CASE WHEN h.is_early THEN 'scheduled' ELSE 'queued' END
      FROM held h WHERE d.tenant_id = h.tenant_id AND d.id = h.id
    )
    INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, expires_at, is_held_if_unknown, is_paused)
    SELECT id, ${botId}::uuid, tenant_id, priority, ${chatId}, 'notification', notification_id, ${id}::uuid, expires_at, on_unknown = 'hold', paused_at IS NOT NULL
    FROM held WHERE NOT is_early ORDER BY notification_id, id`
}
