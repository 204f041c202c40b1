import { nilUuid } from '../ids.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'
import { type DeliveryStatus, openStatuses } from './delivery-states.js'
import { deliveryIdsOf, isOfNotification } from './of-notification.js'

export interface DeliveryTally {
  notificationId: string
  status: DeliveryStatus
  /** The code of the failure; empty where there is none. */
  reason: string
  count: number
}

const count = defineStatement(
  'count-deliveries',
  `
SELECT notification_id, status, coalesce(failure ->> 'code', '') AS reason, count(*)::int AS count
FROM deliveries
WHERE tenant_id = $1::uuid AND notification_id = ANY ($2::uuid[]) AND id >= $3::uuid AND id < $4::uuid
GROUP BY 1, 2, 3`,
)

const sum = defineStatement(
  'sum-broadcast-deliveries',
  `
SELECT notification_id, status, reason, count::int AS count
FROM delivery_counts
WHERE tenant_id = $1::uuid AND notification_id = ANY ($2::uuid[])`,
)

/** The ids between which the deliveries of notifications are that are no broadcasts. */
function boundsOf(notificationIds: readonly string[]): [from: string, to: string] {
  const sorted = notificationIds.toSorted()
  const [first, last] = [sorted[0], sorted.at(-1)].map((id) => deliveryIdsOf({ id: id ?? nilUuid, broadcast: null }))
  return [first?.gte ?? nilUuid, last?.lt ?? nilUuid]
}

/** Counts deliveries by status and reason: those of broadcasts by the sums that are kept as they end, all others one by one. */
export async function tallyDeliveries(
  on: Executor,
  tenantId: string,
  { single, broadcasts }: { single: readonly string[]; broadcasts: readonly string[] },
): Promise<DeliveryTally[]> {
  const [counted, summed] = await Promise.all([
    single.length === 0 ? [] : run<DeliveryTally>(on, count, [tenantId, single, ...boundsOf(single)]),
    broadcasts.length === 0 ? [] : run<DeliveryTally>(on, sum, [tenantId, broadcasts]),
  ])
  return [...counted, ...summed]
}

const isClaimed = defineStatement(
  'is-any-claimed',
  `
SELECT EXISTS (
  SELECT FROM deliveries d
  JOIN pending_deliveries p ON ${probe('p.id', 'd.id')} AND p.claimed_by IS NOT NULL
  WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')}
    AND d.status IN (${openStatuses.map((status) => `'${status}'`).join(', ')})
) AS is_any`,
)

/** Whether a worker has claimed anything of a notification to named users: it is being sent, or about to be. */
export async function isAnyClaimed(on: Executor, tenantId: string, notificationId: string): Promise<boolean> {
  const [row] = await run<{ isAny: boolean }>(on, isClaimed, [tenantId, notificationId])
  return row?.isAny === true
}

const isAnySent = defineStatement(
  'is-any-sent',
  `
SELECT EXISTS (
  SELECT FROM deliveries d
  LEFT JOIN pending_deliveries p ON ${probe('p.id', 'd.id')}
  WHERE ${isOfNotification('d', '$1::uuid', '$2::uuid')}
    AND (cardinality(d.telegram_message_ids) > 0 OR p.claimed_by IS NOT NULL)
) AS is_any`,
)

/** Whether anything of a notification was sent, or is being sent. */
export async function isAnyDeliverySent(on: Executor, tenantId: string, notificationId: string): Promise<boolean> {
  const [row] = await run<{ isAny: boolean }>(on, isAnySent, [tenantId, notificationId])
  return row?.isAny === true
}
