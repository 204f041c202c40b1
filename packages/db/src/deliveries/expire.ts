import type { Pool } from 'pg'
import { defineStatement, runForOne } from '../sql.js'
import { endDeliveries } from './end-deliveries.js'
import { endingRow, endingWaitingRow, isNotInFlight } from './in-flight.js'

const expire = defineStatement(
  'expire-deliveries',
  `
WITH overdue_in_lanes AS MATERIALIZED (
  SELECT ${endingRow('expired')}
  FROM pending_deliveries p
  WHERE p.expires_at <= now() AND ${isNotInFlight}
  LIMIT $1 FOR UPDATE OF p SKIP LOCKED
),
overdue_waiting AS MATERIALIZED (
  SELECT ${endingWaitingRow('expired')}
  FROM waiting_deliveries w
  WHERE w.expires_at <= now()
  LIMIT $1 FOR UPDATE OF w SKIP LOCKED
),
ended AS MATERIALIZED (
  SELECT * FROM overdue_in_lanes UNION ALL SELECT * FROM overdue_waiting
),
${endDeliveries({ from: 'ended', leaves: ['lane', 'waiting'] })}
SELECT count(*)::int AS ended, (count(*) FILTER (WHERE status = 'unknown'))::int AS unknown FROM ended`,
)

/**
 * Ends deliveries whose time is over and that nobody is sending, wherever they wait.
 * @returns how many, and how many of them may have been sent.
 */
export async function expireDeliveries(engine: Pool, countMax: number): Promise<{ ended: number; unknown: number }> {
  return runForOne(engine, expire, [countMax])
}
