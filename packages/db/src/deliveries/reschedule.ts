import { defineStatement, type Executor, probe, run } from '../sql.js'

const reschedule = defineStatement(
  'reschedule-deliveries',
  `
UPDATE waiting_deliveries w SET due_at = $3::timestamptz
FROM deliveries d
WHERE d.tenant_id = $1::uuid AND d.notification_id = $2::uuid AND d.status = 'scheduled' AND ${probe('w.id', 'd.id')}
RETURNING w.id`,
)

/** Gives scheduled deliveries another time. @returns how many there were. */
export async function rescheduleDeliveries(
  on: Executor,
  tenantId: string,
  notificationId: string,
  dueAt: Date,
): Promise<number> {
  return (await run(on, reschedule, [tenantId, notificationId, dueAt])).length
}
