import type { Database } from '../client.js'

/** Deliveries that may be sent, in all lanes. */
export interface Waiting {
  waiting: number
  /** For how long the oldest has waited, in seconds. */
  oldestWaitingSeconds: number
}

/** Counts them one by one: for who operates the service, and not for every second. */
export async function measureWaiting(db: Database): Promise<Waiting> {
  const [row] = await db.$queryRaw<Waiting[]>`
    SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM now() - min(accepted_at)), 0)::float8 AS "oldestWaitingSeconds"
    FROM pending_deliveries WHERE NOT is_paused`
  if (!row) throw new Error('what waits was not counted')
  return row
}
