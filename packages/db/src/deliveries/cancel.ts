import type { Pool } from 'pg'
import { defineStatement, type Executor, probe, runForOne } from '../sql.js'
import { isOpen } from './broadcasts.js'
import { openStatuses } from './delivery-states.js'
import { endDeliveries } from './end-deliveries.js'
import { isOfNotification } from './of-notification.js'
import { endingRow, endingWaitingRow, isNotInFlight } from './in-flight.js'

const cancel = defineStatement(
  'cancel-deliveries',
  `
WITH open_deliveries AS MATERIALIZED (
  SELECT d.id FROM deliveries d
  WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')}
    AND d.status IN (${openStatuses.map((status) => `'${status}'`).join(', ')})
),
open_in_lanes AS MATERIALIZED (
  SELECT ${endingRow('cancelled')}
  FROM open_deliveries d
  JOIN pending_deliveries p ON ${probe('p.id', 'd.id')}
  WHERE ${isNotInFlight}
  FOR UPDATE OF p
),
open_waiting AS MATERIALIZED (
  SELECT ${endingWaitingRow('cancelled')}
  FROM open_deliveries d
  JOIN waiting_deliveries w ON ${probe('w.id', 'd.id')}
  FOR UPDATE OF w
),
ended AS MATERIALIZED (
  SELECT * FROM open_in_lanes UNION ALL SELECT * FROM open_waiting
),
${endDeliveries({ from: 'ended', leaves: ['lane', 'waiting'] })},
marked AS (
  -- What is being sent right now does not come back: whoever puts it back, or claims it, sees that it was cancelled.
  UPDATE pending_deliveries p SET is_cancelled = true
  FROM open_deliveries d
  WHERE ${probe('p.id', 'd.id')} AND p.kind = 'notification' AND NOT EXISTS (SELECT FROM ended e WHERE e.id = d.id)
)
SELECT
  (SELECT count(*)::int FROM ended WHERE status = 'cancelled') AS cancelled,
  (SELECT count(*)::int FROM ended WHERE status = 'unknown') AS unknown,
  (
    SELECT count(*)::int FROM open_deliveries d
    -- OFFSET keeps the planner from reading all that waits.
    WHERE EXISTS (SELECT FROM pending_deliveries p WHERE p.id = d.id OFFSET 0)
      AND NOT EXISTS (SELECT FROM ended e WHERE e.id = d.id)
  ) AS in_flight`,
)

export interface Cancelled {
  cancelled: number
  /** Those that a turn had claimed when it died, and that may have been sent. */
  unknown: number
  /** Those that are being sent right now and end on their own. */
  inFlight: number
}

/** Ends what has not gone out of a notification to named users. To be called while the notification is locked. */
export async function cancelDeliveries(on: Executor, tenantId: string, notificationId: string): Promise<Cancelled> {
  return runForOne(on, cancel, [tenantId, notificationId])
}

const endCancelled = defineStatement(
  'end-cancelled-deliveries',
  `
WITH ended AS MATERIALIZED (
  SELECT ${endingRow('cancelled')}
  FROM pending_deliveries p
  WHERE p.is_cancelled AND ${isNotInFlight}
  LIMIT $1 FOR UPDATE OF p SKIP LOCKED
),
${endDeliveries({ from: 'ended', leaves: ['lane'] })}
SELECT count(*)::int AS ended, (count(*) FILTER (WHERE status = 'unknown'))::int AS unknown FROM ended`,
)

/**
 * Ends deliveries that were cancelled while they were being sent, and whose turns have died since.
 * @returns how many, and how many of them may have been sent.
 */
export async function endCancelledDeliveries(
  engine: Pool,
  countMax: number,
): Promise<{ ended: number; unknown: number }> {
  return runForOne(engine, endCancelled, [countMax])
}

const cancelOfBroadcast = defineStatement(
  'ask-to-cancel-broadcast',
  `
WITH asked AS (
  UPDATE broadcasts SET change = 'cancel', is_paused = false, is_expanded = true, expected = expanded
  WHERE tenant_id = $1::uuid AND notification_id = $2::uuid AND ${isOpen}
)
SELECT
  (count(*) FILTER (WHERE claimed_by IS NULL))::int AS cancelled,
  0 AS unknown,
  (count(*) FILTER (WHERE claimed_by IS NOT NULL))::int AS in_flight
FROM pending_deliveries
WHERE notification_id = $2::uuid AND tenant_id = $1::uuid AND is_counted`,
)

/** Asks the worker to take a broadcast's rows out of their lanes; none of them is claimed from now on. */
export async function askToCancelBroadcast(on: Executor, tenantId: string, notificationId: string): Promise<Cancelled> {
  return runForOne(on, cancelOfBroadcast, [tenantId, notificationId])
}
