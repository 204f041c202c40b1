import type { Database } from '@tellwire/db'
import type { NotificationWithContent } from './notification-with-content.js'

/** How many deliveries of a notification are in which state. */
export interface Tally {
  byStatus: Record<string, number>
  failedByReason: Record<string, number>
  /** Null while an audience is not expanded to its end. */
  expected: number | null
}

interface Row {
  notification_id: string
  status: string
  reason: string
  count: bigint
}

/**
 * Counts deliveries: those of a broadcast by the sums that are kept as they end, all others one by one.
 */
export async function tallyDeliveries(
  db: Database,
  tenantId: string,
  notifications: NotificationWithContent[],
): Promise<Map<string, Tally>> {
  const single = notifications.filter(({ broadcast }) => broadcast === null).map(({ id }) => id)
  const broadcasts = notifications.filter(({ broadcast }) => broadcast !== null).map(({ id }) => id)
  const [counted, summed] = await Promise.all([
    single.length === 0
      ? []
      : db.$queryRaw<Row[]>`
          SELECT notification_id, status, coalesce(failure ->> 'code', '') AS reason, count(*) FROM deliveries
          WHERE tenant_id = ${tenantId}::uuid AND notification_id = ANY (${single}::uuid[])
          GROUP BY 1, 2, 3`,
    broadcasts.length === 0
      ? []
      : db.$queryRaw<Row[]>`
          SELECT notification_id, status, reason, count FROM delivery_counts
          WHERE tenant_id = ${tenantId}::uuid AND notification_id = ANY (${broadcasts}::uuid[])`,
  ])
  const rows = [...counted, ...summed]
  return new Map(
    notifications.map((notification) => [
      notification.id,
      toTally(
        notification,
        rows.filter((row) => row.notification_id === notification.id),
      ),
    ]),
  )
}

export function emptyTally(): Tally {
  return { byStatus: {}, failedByReason: {}, expected: 0 }
}

function toTally({ broadcast }: NotificationWithContent, rows: Row[]): Tally {
  const tally = emptyTally()
  let total = 0
  for (const { status, reason, count } of rows) {
    tally.byStatus[status] = (tally.byStatus[status] ?? 0) + Number(count)
    if (status === 'failed') tally.failedByReason[reason] = Number(count)
    total += Number(count)
  }
  if (!broadcast) return { ...tally, expected: total }
  const queued = Number(broadcast.expanded) - total
  if (queued > 0) tally.byStatus['queued'] = queued
  return { ...tally, expected: broadcast.expected === null ? null : Number(broadcast.expected) }
}
