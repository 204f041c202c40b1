import { probe } from '../sql.js'
import { leaveLanes } from './end-deliveries.js'
import { joinWaiting } from './join-lane.js'

// A tenant may want that what waits for somebody who cannot be reached for a while is held until they come back.

/** The SQL of whether a row of the lane is of the kind that can be held: what was begun, and a broadcast's, is not. */
export function mayBeHeld(row: string): string {
  return `${row}.kind = 'notification' AND NOT ${row}.is_counted AND coalesce(${row}.part, 0) = 0 AND NOT ${row}.is_cancelled`
}

/** The SQL of whether a tenant wants it, and whoever has the connection has blocked the bot, or removed it, and can come back. */
export function isHeld(connection: string, tenant: string): string {
  return `${tenant}.on_unreachable = 'hold' AND (${connection}.status = 'blocked' OR ${connection}.ended_reason = 'bot_removed')`
}

/**
 * The CTEs by which rows of the lanes wait for their connection from now on.
 * @param from the CTE of them: `id`, `tenant_id`, `notification_id`, `user_id`, `connection_id`, `priority`, `expires_at`.
 * @param lookAgainAt where the connection is not locked: when it is looked again whether it can be reached by then.
 */
export function holdDeliveries(from: string, lookAgainAt = 'NULL'): string {
  return `left_lanes_to_wait AS (
  ${leaveLanes(`${from} h`, probe('w.id', 'h.id'))}
),
joined_waiting AS (
  ${joinWaiting({ from, columns: { due_at: lookAgainAt } })}
),
held_deliveries AS (
  UPDATE deliveries d SET status = 'awaiting_user'
  FROM ${from} h
  WHERE ${probe('d.tenant_id', 'h.tenant_id')} AND ${probe('d.id', 'h.id')}
)`
}
