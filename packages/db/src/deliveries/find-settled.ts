import { isOfNotification } from './of-notification.js'
import { defineStatement, type Executor, inputRows, probe, run } from '../sql.js'

const input = inputRows('input', { tenant_id: 'uuid', id: 'uuid' })

const settled = defineStatement(
  'find-settled-notifications',
  `
WITH ${input.text}
SELECT i.id
FROM input i
LEFT JOIN broadcasts b ON ${probe('b.tenant_id', 'i.tenant_id')} AND ${probe('b.notification_id', 'i.id')}
WHERE CASE
  WHEN b.notification_id IS NOT NULL THEN b.is_completed
  ELSE NOT EXISTS (
    SELECT FROM deliveries d
    WHERE ${isOfNotification('d', 'i.tenant_id', 'i.id')}
      AND d.status IN ('queued', 'scheduled', 'awaiting_user')
  )
END`,
)

/** @returns the ids of those notifications of which every delivery has ended. */
export async function findSettledNotifications(
  on: Executor,
  notifications: readonly { tenantId: string; id: string }[],
): Promise<string[]> {
  if (notifications.length === 0) return []
  const rows = await run<{ id: string }>(on, settled, input.values(notifications))
  return rows.map(({ id }) => id)
}
