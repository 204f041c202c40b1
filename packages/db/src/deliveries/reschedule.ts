import { isOfNotification } from './of-notification.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'

const reschedule = defineStatement(
  'reschedule-deliveries',
  `
UPDATE waiting_deliveries w SET due_at = $3::timestamptz
FROM deliveries d
WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')} AND d.status = 'scheduled' AND ${probe('w.id', 'd.id')}
RETURNING w.id`,
)

const rescheduleOfBroadcast = defineStatement(
  'reschedule-broadcast',
  `
UPDATE broadcasts SET
  starts_at = greatest($3::timestamptz, clock_timestamp()),
  audience_at = greatest($3::timestamptz, clock_timestamp())
WHERE tenant_id = $1::uuid AND notification_id = $2::uuid
  AND NOT is_expanded AND expanded = 0 AND starts_at > clock_timestamp()
RETURNING 1`,
)

/** Gives a broadcast that has not begun another time. @returns whether it had not. */
export async function rescheduleBroadcast(
  on: Executor,
  tenantId: string,
  notificationId: string,
  startsAt: Date,
): Promise<boolean> {
  return (await run(on, rescheduleOfBroadcast, [tenantId, notificationId, startsAt])).length === 1
}

/** Gives scheduled deliveries another time. @returns how many there were. */
export async function rescheduleDeliveries(
  on: Executor,
  tenantId: string,
  notificationId: string,
  dueAt: Date,
): Promise<number> {
  return (await run(on, reschedule, [tenantId, notificationId, dueAt])).length
}
