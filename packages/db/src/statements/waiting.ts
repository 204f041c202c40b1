import type { Pool } from 'pg'

/** Brings scheduled deliveries whose time has come into their lanes. @returns those lanes, and how many joined. */
export async function releaseDueDeliveries(
  engine: Pool,
  countMax: number,
): Promise<{ released: number; botIds: string[] }> {
  const { rows } = await engine.query<{ bot_id: string | null; count: number }>({
    name: 'release-due-deliveries',
    text: `
      WITH due AS MATERIALIZED (
        SELECT w.* FROM waiting_deliveries w WHERE w.due_at <= clock_timestamp() ORDER BY w.due_at LIMIT $1 FOR UPDATE SKIP LOCKED
      ),
      gone AS (DELETE FROM waiting_deliveries w USING due WHERE w.id = due.id),
      ready AS MATERIALIZED (
        SELECT d.*, c.bot_id, c.chat_id, c.status AS connection_status, n.on_unknown, n.paused_at
        FROM due d
        JOIN notifications n ON n.tenant_id = d.tenant_id AND n.id = d.notification_id
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
        SELECT id FROM pending_deliveries WHERE expires_at <= clock_timestamp() AND claimed_by IS NULL LIMIT $1 FOR UPDATE SKIP LOCKED
      ),
      overdue_waiting AS MATERIALIZED (
        SELECT id FROM waiting_deliveries WHERE expires_at <= clock_timestamp() LIMIT $1 FOR UPDATE SKIP LOCKED
      ),
      ended_pending AS (
        DELETE FROM pending_deliveries p USING overdue_pending o WHERE p.id = o.id RETURNING p.id, p.tenant_id, p.notification_id, p.is_counted
      ),
      ended_waiting AS (
        DELETE FROM waiting_deliveries w USING overdue_waiting o WHERE w.id = o.id RETURNING w.id, w.tenant_id, w.notification_id, false AS is_counted
      ),
      ended AS MATERIALIZED (SELECT * FROM ended_pending UNION ALL SELECT * FROM ended_waiting),
      written AS (
        UPDATE deliveries d SET status = 'expired' FROM ended e WHERE d.tenant_id = e.tenant_id AND d.id = e.id
      ),
      counted AS (
        INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, count)
        SELECT tenant_id, notification_id, 'expired', count(*) FROM ended WHERE is_counted
        GROUP BY tenant_id, notification_id ORDER BY tenant_id, notification_id
        ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
      ),
      noted AS (
        INSERT INTO events (tenant_id, type, data)
        SELECT tenant_id, 'notification.expired', jsonb_build_object('notification_id', notification_id, 'delivery_id', id) FROM ended
      )
      SELECT count(*)::int FROM ended`,
    values: [countMax],
  })
  return rows[0]?.count ?? 0
}
