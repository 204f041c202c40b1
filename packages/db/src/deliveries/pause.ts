import { isOfNotification } from './of-notification.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'

// What is resumed takes its place anew: a lane may have forgotten that anything waits where it was.
const pause = defineStatement(
  'pause-deliveries',
  `
UPDATE pending_deliveries p SET is_paused = $3::bool, seq = DEFAULT
FROM deliveries d
WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')} AND d.status = 'queued' AND ${probe('p.id', 'd.id')}
  AND p.is_paused IS DISTINCT FROM $3::bool
RETURNING p.bot_id`,
)

/**
 * Holds back what a notification to named users has in the lanes, or lets it go on.
 * @returns the bots whose lanes have it.
 */
export async function pauseDeliveries(
  on: Executor,
  tenantId: string,
  notificationId: string,
  isPaused: boolean,
): Promise<string[]> {
  const rows = await run<{ botId: string }>(on, pause, [tenantId, notificationId, isPaused])
  return [...new Set(rows.map(({ botId }) => botId))]
}
