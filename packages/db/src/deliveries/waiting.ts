import type { Pool } from 'pg'
import { isNotInFlight } from './in-flight.js'

/** Brings scheduled deliveries whose time has come into their lanes. @returns those lanes, and how many joined. */
export async function releaseDueDeliveries(
  engine: Pool,
  countMax: number,
): Promise<{ released: number; botIds: string[] }> {
  const { rows } = await engine.query<{ bot_id: string | null; count: number }>({
    name: 'release-due-deliveries',
    text: `
      WITH due AS MATERIALIZED (
        -- A notification that is just being cancelled, paused or moved is left for the next time.
        SELECT w.*, n.on_unknown, n.paused_at FROM waiting_deliveries w
        JOIN notifications n ON n.tenant_id = w.tenant_id AND n.id = w.notification_id
        WHERE w.due_at <= clock_timestamp() AND n.cancelled_at IS NULL ORDER BY w.due_at LIMIT $1
        FOR UPDATE OF w SKIP LOCKED FOR SHARE OF n SKIP LOCKED
      ),
      gone AS (DELETE FROM waiting_deliveries w USING due WHERE w.id = due.id),
      ready AS MATERIALIZED (
        SELECT d.*, c.bot_id, c.chat_id, c.status AS connection_status
        FROM due d
        LEFT JOIN connections c ON c.tenant_id = d.tenant_id AND c.id = d.connection_id
      ),
      written_pending AS (
        INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, expires_at, is_held_if_unknown, is_paused)
        SELECT id, bot_id, tenant_id, priority, chat_id, 'notification', notification_id, connection_id, expires_at, on_unknown = 'hold', paused_at IS NOT NULL
        FROM ready WHERE connection_status = 'active' ORDER BY due_at, notification_id
      ),
      written AS (
        UPDATE deliveries d SET
          status = CASE WHEN r.connection_status = 'active' THEN 'queued' ELSE 'failed' END,
          failure = CASE WHEN r.connection_status = 'active' THEN NULL ELSE
            jsonb_build_object('code', 'recipient_' || coalesce(r.connection_status, 'gone'), 'class', 'recipient',
              'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END
        FROM ready r WHERE d.tenant_id = r.tenant_id AND d.id = r.id
      ),
      noted AS (
        INSERT INTO events (tenant_id, type, data)
        SELECT tenant_id, 'notification.failed', jsonb_build_object('notification_id', notification_id, 'delivery_id', id)
        FROM ready WHERE connection_status IS DISTINCT FROM 'active'
      )
      SELECT bot_id, count(*)::int FROM ready GROUP BY bot_id`,
    values: [countMax],
  })
  return {
    released: rows.reduce((sum, { count }) => sum + count, 0),
    botIds: rows.flatMap((row) => (row.bot_id === null ? [] : [row.bot_id])),
  }
}

/** Ends deliveries whose time is over and that nobody is sending, wherever they wait. @returns how many. */
export async function expireDeliveries(engine: Pool, countMax: number): Promise<number> {
  const { rows } = await engine.query<{ count: number }>({
    name: 'expire-deliveries',
    text: `
      WITH overdue_pending AS MATERIALIZED (
        SELECT id, claimed_by IS NOT NULL AS was_in_flight FROM pending_deliveries p
        WHERE expires_at <= clock_timestamp() AND ${isNotInFlight} LIMIT $1 FOR UPDATE SKIP LOCKED
      ),
      overdue_waiting AS MATERIALIZED (
        SELECT id FROM waiting_deliveries WHERE expires_at <= clock_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED
      ),
      ended_pending AS (
        DELETE FROM pending_deliveries p USING overdue_pending o WHERE p.id = o.id RETURNING p.id, p.tenant_id, p.notification_id, p.is_counted,
          CASE WHEN o.was_in_flight THEN 'unknown' ELSE 'expired' END AS status
      ),
      ended_waiting AS (
        DELETE FROM waiting_deliveries w USING overdue_waiting o WHERE w.id = o.id RETURNING w.id, w.tenant_id, w.notification_id, false AS is_counted, 'expired' AS status
      ),
      ended AS MATERIALIZED (SELECT * FROM ended_pending UNION ALL SELECT * FROM ended_waiting),
      written AS (
        UPDATE deliveries d SET status = e.status FROM ended e WHERE d.tenant_id = e.tenant_id AND d.id = e.id
      ),
      counted AS (
        INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, count)
        SELECT tenant_id, notification_id, status, count(*) FROM ended WHERE is_counted
        GROUP BY tenant_id, notification_id, status ORDER BY tenant_id, notification_id, status
        ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
      ),
      noted AS (
        INSERT INTO events (tenant_id, type, data)
        SELECT tenant_id, 'notification.' || status, jsonb_build_object('notification_id', notification_id, 'delivery_id', id) FROM ended
      )
      SELECT count(*)::int FROM ended`,
    values: [countMax],
  })
  return rows[0]?.count ?? 0
}

/**
 * Held deliveries whose user is connected all the same: the connection and the notification were written at
 * the same moment, and neither saw the other. @returns the connections that they can go to.
 */
export async function findHeldWithConnection(
  engine: Pool,
  countMax: number,
): Promise<{ tenantId: string; id: string; userId: string; botId: string; chatId: bigint }[]> {
  const { rows } = await engine.query<{
    tenant_id: string
    id: string
    user_id: string
    bot_id: string
    chat_id: string
  }>({
    name: 'find-held-with-connection',
    text: `
      SELECT DISTINCT ON (w.tenant_id, w.user_id) c.tenant_id, c.id, c.user_id, c.bot_id, c.chat_id::text
      FROM waiting_deliveries w
      CROSS JOIN LATERAL (
        SELECT * FROM connections WHERE tenant_id = w.tenant_id AND user_id = w.user_id AND status = 'active' LIMIT 1
      ) c
      WHERE w.connection_id IS NULL
      ORDER BY w.tenant_id, w.user_id LIMIT $1`,
    values: [countMax],
  })
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    botId: row.bot_id,
    chatId: BigInt(row.chat_id),
  }))
}
