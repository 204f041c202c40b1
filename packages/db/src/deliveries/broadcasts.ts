import type { Pool } from 'pg'
import { isNotInFlight } from './in-flight.js'

export interface BroadcastKey {
  tenantId: string
  notificationId: string
}

export interface ExpandedSlice {
  /** How many recipients joined their lanes. */
  recipients: number
  botIds: string[]
  /** False when the broadcast is paused, over, or another's at this moment. */
  hasMore: boolean
}

// The cursor and the rows that it stands for are written in one statement, so that every recipient joins
// exactly once, however often the expansion is interrupted.
const expand = (audience: string): string => `
WITH broadcast AS MATERIALIZED (
  SELECT b.*, n.expires_at, n.on_unknown, CASE n.priority WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END AS rank
  FROM broadcasts b JOIN notifications n ON n.tenant_id = b.tenant_id AND n.id = b.notification_id
  WHERE b.tenant_id = $1 AND b.notification_id = $2
    AND NOT b.is_expanded AND NOT b.is_paused AND b.starts_at <= clock_timestamp()
  FOR UPDATE OF b SKIP LOCKED
),
audience AS MATERIALIZED (${audience}),
recipient AS MATERIALIZED (
  SELECT uuid_v7() AS delivery_id, c.id AS connection_id, c.user_id, c.bot_id, c.chat_id
  FROM audience a
  -- OFFSET keeps the planner from reading all of the tenant's connections.
  CROSS JOIN LATERAL (
    SELECT * FROM connections WHERE tenant_id = $1 AND user_id = a.user_id AND status = 'active'
      AND connected_at <= (SELECT audience_at FROM broadcast) OFFSET 0
  ) c
),
written_deliveries AS (
  INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id)
  SELECT b.tenant_id, r.delivery_id, b.notification_id, r.connection_id, r.user_id, r.bot_id, r.chat_id FROM broadcast b, recipient r
),
written_pending AS (
  INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id, expires_at, is_held_if_unknown, is_counted)
  SELECT r.delivery_id, r.bot_id, b.tenant_id, b.rank, r.chat_id, 'notification', b.notification_id, r.connection_id, b.expires_at, b.on_unknown = 'hold', true
  FROM broadcast b, recipient r
),
size AS MATERIALIZED (
  SELECT (SELECT count(*) FROM audience) AS users, (SELECT count(*)::int FROM recipient) AS recipients, (SELECT max(user_id) FROM audience) AS last_user_id
),
advanced AS (
  UPDATE broadcasts b SET cursor = coalesce(s.last_user_id, b.cursor), expanded = b.expanded + s.recipients, is_expanded = s.users < $3,
    expected = CASE WHEN s.users < $3 THEN b.expanded + s.recipients END
  FROM size s WHERE b.tenant_id = $1 AND b.notification_id = $2 AND EXISTS (SELECT FROM broadcast)
  RETURNING s.recipients, s.users = $3 AS has_more
)
SELECT a.recipients, a.has_more, ARRAY(SELECT DISTINCT bot_id::text FROM recipient) AS bot_ids FROM advanced a`

// Where the broadcast is another's or over, the cursor is null and nobody follows it.
const subscribers = `
  SELECT user_id FROM topic_subscribers
  WHERE tenant_id = $1 AND topic_id = (SELECT topic_id FROM broadcast) AND user_id > (SELECT cursor FROM broadcast)
    AND subscribed_at <= (SELECT audience_at FROM broadcast) ORDER BY user_id LIMIT $3`
const everyone = `
  SELECT user_id FROM users
  WHERE tenant_id = $1 AND user_id > (SELECT cursor FROM broadcast) AND created_at <= (SELECT audience_at FROM broadcast)
  ORDER BY user_id LIMIT $3`

/** Brings the next users of a broadcast's audience into their lanes, up to `usersMax`. */
export async function expandBroadcast(
  engine: Pool,
  broadcast: BroadcastKey & { isToTopic: boolean },
  usersMax: number,
): Promise<ExpandedSlice> {
  const { rows } = await engine.query<{ recipients: number; has_more: boolean; bot_ids: string[] }>({
    name: broadcast.isToTopic ? 'expand-topic-broadcast' : 'expand-broadcast',
    text: expand(broadcast.isToTopic ? subscribers : everyone),
    values: [broadcast.tenantId, broadcast.notificationId, usersMax],
  })
  const row = rows[0]
  return { recipients: row?.recipients ?? 0, botIds: row?.bot_ids ?? [], hasMore: row?.has_more ?? false }
}

/** Held while a change is carried out, so that of two that follow each other the later one sees all rows of the earlier. */
const asked = (change: string): string =>
  `asked AS MATERIALIZED (SELECT FROM broadcasts WHERE tenant_id = $3 AND notification_id = $1 AND change = '${change}' FOR UPDATE)`

const changes = {
  pause: `
    WITH ${asked('pause')},
    slice AS MATERIALIZED (
      SELECT id FROM pending_deliveries WHERE notification_id = $1 AND is_counted AND NOT is_paused AND EXISTS (SELECT FROM asked)
      LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    UPDATE pending_deliveries p SET is_paused = true FROM slice WHERE p.id = slice.id RETURNING p.bot_id`,
  resume: `
    WITH ${asked('resume')},
    slice AS MATERIALIZED (
      SELECT id FROM pending_deliveries WHERE notification_id = $1 AND is_counted AND is_paused AND EXISTS (SELECT FROM asked)
      LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    UPDATE pending_deliveries p SET is_paused = false FROM slice WHERE p.id = slice.id RETURNING p.bot_id`,
  // What a turn that died had claimed may have been sent: nobody knows.
  cancel: `
    WITH ${asked('cancel')},
    slice AS MATERIALIZED (
      SELECT id, claimed_by IS NOT NULL AS was_in_flight FROM pending_deliveries p
      WHERE notification_id = $1 AND is_counted AND EXISTS (SELECT FROM asked) AND ${isNotInFlight}
      LIMIT $2 FOR UPDATE SKIP LOCKED
    ),
    ended AS MATERIALIZED (
      DELETE FROM pending_deliveries p USING slice WHERE p.id = slice.id
      RETURNING p.id, p.tenant_id, p.notification_id, p.bot_id, CASE WHEN slice.was_in_flight THEN 'unknown' ELSE 'cancelled' END AS status
    ),
    written AS (
      UPDATE deliveries d SET status = e.status FROM ended e WHERE d.tenant_id = e.tenant_id AND d.id = e.id
    ),
    counted AS (
      INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, count)
      SELECT tenant_id, notification_id, status, count(*) FROM ended GROUP BY tenant_id, notification_id, status ORDER BY status
      ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
    ),
    noted AS (
      INSERT INTO events (tenant_id, type, data)
      SELECT tenant_id, 'notification.' || status, jsonb_build_object('notification_id', notification_id, 'delivery_id', id) FROM ended
    )
    SELECT bot_id FROM ended`,
}

export type BroadcastChange = keyof typeof changes

/** Does what was asked for to some of a broadcast's pending rows. @returns how many, and in which lanes. */
export async function changeBroadcast(
  engine: Pool,
  broadcast: BroadcastKey & { change: BroadcastChange },
  rowsMax: number,
): Promise<{ changed: number; botIds: string[] }> {
  const { rows } = await engine.query<{ bot_id: string }>({
    name: `${broadcast.change}-broadcast`,
    text: changes[broadcast.change],
    values: [broadcast.notificationId, rowsMax, broadcast.tenantId],
  })
  return { changed: rows.length, botIds: [...new Set(rows.map((row) => row.bot_id))] }
}

/** Forgets a change that is done for all rows. One that was asked for meanwhile stays. */
export async function finishBroadcastChange(
  engine: Pool,
  { tenantId, notificationId, change }: BroadcastKey & { change: BroadcastChange },
): Promise<void> {
  await engine.query({
    name: 'finish-broadcast-change',
    text: `
      UPDATE broadcasts b SET change = NULL WHERE tenant_id = $1 AND notification_id = $2 AND change = $3
        AND NOT EXISTS (
          SELECT FROM pending_deliveries p WHERE p.notification_id = b.notification_id AND p.is_counted
            AND CASE $3 WHEN 'pause' THEN NOT p.is_paused WHEN 'resume' THEN p.is_paused ELSE true END
        )`,
    values: [tenantId, notificationId, change],
  })
}

/** Notes that all of a broadcast's deliveries have ended, once. @returns whether they have. */
export async function completeBroadcast(engine: Pool, { tenantId, notificationId }: BroadcastKey): Promise<boolean> {
  const { rowCount } = await engine.query({
    name: 'complete-broadcast',
    text: `
      WITH completed AS (
        UPDATE broadcasts b SET is_completed = true
        WHERE tenant_id = $1 AND notification_id = $2 AND is_expanded AND NOT is_completed AND change IS NULL
          AND NOT EXISTS (SELECT FROM pending_deliveries p WHERE p.notification_id = b.notification_id AND p.is_counted)
        RETURNING tenant_id, notification_id
      )
      INSERT INTO events (tenant_id, type, data)
      SELECT tenant_id, 'broadcast.completed', jsonb_build_object('notification_id', notification_id) FROM completed`,
    values: [tenantId, notificationId],
  })
  return rowCount === 1
}

export interface OpenBroadcast extends BroadcastKey {
  isToTopic: boolean
  isExpanded: boolean
  isPaused: boolean
  change: BroadcastChange | undefined
}

interface OpenBroadcastRow {
  tenant_id: string
  notification_id: string
  is_to_topic: boolean
  is_expanded: boolean
  is_paused: boolean
  change: BroadcastChange | null
}

const openColumns = `tenant_id, notification_id, topic_id IS NOT NULL AS is_to_topic, is_expanded, is_paused, change`

function toOpenBroadcast(row: OpenBroadcastRow): OpenBroadcast {
  return {
    tenantId: row.tenant_id,
    notificationId: row.notification_id,
    isToTopic: row.is_to_topic,
    isExpanded: row.is_expanded,
    isPaused: row.is_paused,
    change: row.change ?? undefined,
  }
}

export async function findBroadcast(engine: Pool, key: BroadcastKey): Promise<OpenBroadcast | undefined> {
  const { rows } = await engine.query<OpenBroadcastRow>({
    name: 'find-broadcast',
    text: `SELECT ${openColumns} FROM broadcasts WHERE tenant_id = $1 AND notification_id = $2 AND NOT is_completed`,
    values: [key.tenantId, key.notificationId],
  })
  return rows[0] && toOpenBroadcast(rows[0])
}

/** Broadcasts with something to do: to expand, to change, or to complete. */
export async function findDueBroadcasts(engine: Pool): Promise<BroadcastKey[]> {
  const { rows } = await engine.query<{ tenant_id: string; notification_id: string }>({
    name: 'find-due-broadcasts',
    text: `
      SELECT tenant_id, notification_id FROM broadcasts b
      WHERE NOT is_completed AND (change IS NOT NULL OR starts_at <= clock_timestamp()) AND CASE
        WHEN change IS NOT NULL THEN true
        WHEN is_expanded THEN NOT EXISTS (SELECT FROM pending_deliveries p WHERE p.notification_id = b.notification_id AND p.is_counted)
        ELSE NOT is_paused END
      LIMIT 1000`,
  })
  return rows.map((row) => ({ tenantId: row.tenant_id, notificationId: row.notification_id }))
}
