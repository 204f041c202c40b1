import type { Pool } from 'pg'
import { defineStatement, probe, runForOne } from '../sql.js'
import { failureOf } from './delivery-states.js'
import { endDeliveries } from './end-deliveries.js'
import { isHeld } from './hold-deliveries.js'
import { joinLane } from './join-lane.js'

/** The SELECT of what is due, the oldest first. A notification that is just being cancelled, paused or moved is left for the next time. */
const selectDue = (condition: string, countMax: string): string => `
  SELECT w.*, n.on_unknown, n.paused_at IS NOT NULL AS is_paused
  FROM waiting_deliveries w
  JOIN notifications n ON ${probe('n.tenant_id', 'w.tenant_id')} AND ${probe('n.id', 'w.notification_id')}
  WHERE ${condition} AND w.due_at <= now() AND n.cancelled_at IS NULL
  ORDER BY w.due_at LIMIT ${countMax}
  FOR UPDATE OF w SKIP LOCKED FOR SHARE OF n SKIP LOCKED`

/** @param due CTEs, of which the last is `due`: what is to be released. */
const release = (due: string): string => `
WITH RECURSIVE ${due},
reachable AS MATERIALIZED (
  SELECT d.*, c.bot_id, c.chat_id
  FROM due d
  JOIN connections c ON ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.connection_id')} AND c.status = 'active'
),
held AS MATERIALIZED (
  -- Who is just coming back, or is locked by somebody else, is left for the next time.
  SELECT d.id, d.tenant_id
  FROM due d
  JOIN connections c ON ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.connection_id')}
  JOIN tenants t ON ${probe('t.id', 'd.tenant_id')}
  WHERE ${isHeld('c', 't')}
  FOR SHARE OF c SKIP LOCKED
),
held_waiting AS (
  UPDATE waiting_deliveries w SET due_at = NULL FROM held h WHERE ${probe('w.id', 'h.id')}
),
held_deliveries AS (
  UPDATE deliveries d SET status = 'awaiting_user'
  FROM held h
  WHERE ${probe('d.tenant_id', 'h.tenant_id')} AND ${probe('d.id', 'h.id')}
),
unreachable AS MATERIALIZED (
  SELECT
    d.id,
    d.tenant_id,
    d.notification_id,
    'notification' AS kind,
    NULL::jsonb AS body,
    false AS is_counted,
    'failed' AS status,
    ${failureOf("'recipient_' || coalesce(c.status, 'gone')", 'recipient')} AS failure
  FROM due d
  JOIN tenants t ON ${probe('t.id', 'd.tenant_id')}
  LEFT JOIN connections c ON ${probe('c.tenant_id', 'd.tenant_id')} AND ${probe('c.id', 'd.connection_id')}
  WHERE c.status IS DISTINCT FROM 'active' AND NOT coalesce(${isHeld('c', 't')}, false)
),
${endDeliveries({ from: 'unreachable', leaves: ['waiting'] })},
released_waiting AS (
  DELETE FROM waiting_deliveries w USING reachable r WHERE ${probe('w.id', 'r.id')}
),
joined_lanes AS (
  ${joinLane({ from: 'reachable', columns: { is_paused: 'is_paused' }, orderBy: 'due_at, notification_id' })}
),
written_deliveries AS (
  UPDATE deliveries d SET status = 'queued'
  FROM reachable r
  WHERE ${probe('d.tenant_id', 'r.tenant_id')} AND ${probe('d.id', 'r.id')}
)
SELECT (SELECT count(*)::int FROM due) AS released, ARRAY(SELECT DISTINCT bot_id::text FROM reachable) AS bot_ids`

const releaseOldest = defineStatement(
  'release-due-deliveries',
  release(`due AS MATERIALIZED (${selectDue('true', '$1')})`),
)

const releaseOfEach = defineStatement(
  'release-due-deliveries-of-each',
  release(`
those_waiting AS (
  (SELECT w.tenant_id FROM waiting_deliveries w ORDER BY w.tenant_id LIMIT 1)
  UNION ALL
  SELECT (SELECT w.tenant_id FROM waiting_deliveries w WHERE w.tenant_id > t.tenant_id ORDER BY w.tenant_id LIMIT 1)
  FROM those_waiting t WHERE t.tenant_id IS NOT NULL
),
due AS MATERIALIZED (
  SELECT d.*
  FROM (SELECT t.tenant_id FROM those_waiting t WHERE t.tenant_id IS NOT NULL ORDER BY random()) t
  CROSS JOIN LATERAL (${selectDue('w.tenant_id = t.tenant_id', '$2')}) d
  LIMIT $1
)`),
)

export interface Released {
  /** How many deliveries were due. */
  released: number
  /** The lanes that they came into. */
  botIds: string[]
}

/**
 * Brings scheduled deliveries whose time has come into their lanes, the oldest first. Those whose connection has ended fail, or wait
 * for the person to come back where the tenant wants it.
 */
export async function releaseDueDeliveries(engine: Pool, countMax: number): Promise<Released> {
  return runForOne<Released>(engine, releaseOldest, [countMax])
}

/** The same for some of each tenant's, where so much is due that the oldest may all be one tenant's. */
export async function releaseDueOfEachTenant(
  engine: Pool,
  { countMax, ofEachMax }: { countMax: number; ofEachMax: number },
): Promise<Released> {
  return runForOne<Released>(engine, releaseOfEach, [countMax, ofEachMax])
}
