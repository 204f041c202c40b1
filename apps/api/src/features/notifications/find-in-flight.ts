import type { Database } from '@tellwire/db'

/** Which of the queued deliveries are being sent right now. */
export async function findInFlight(db: Database, deliveries: { id: string; status: string }[]): Promise<Set<string>> {
  const queued = deliveries.filter(({ status }) => status === 'queued').map(({ id }) => id)
  if (queued.length === 0) return new Set()
  const rows = await db.pendingDelivery.findMany({
    where: { id: { in: queued }, claimedBy: { not: null } },
    select: { id: true },
  })
  return new Set(rows.map(({ id }) => id))
}
