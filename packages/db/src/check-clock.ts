import type { Database } from './client.js'

export interface ClockCheck {
  /** The time zone of the connection, which has to be UTC: Prisma writes and reads times without one. */
  timeZone: string
  /** By how much this machine's clock is ahead of the database's, in milliseconds; half the round trip more or less. */
  aheadMs: number
}

/** Compares this machine's clock with the database's, by which everything is timed. */
export async function checkClock(db: Database): Promise<ClockCheck> {
  const beganMs = Date.now()
  const [row] = await db.$queryRaw<{ time_zone: string; epoch_ms: number }[]>`
    SELECT current_setting('TimeZone') AS time_zone, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS epoch_ms`
  const endedMs = Date.now()
  if (!row) throw new Error('the database does not tell the time')
  return { timeZone: row.time_zone, aheadMs: Math.round((beganMs + endedMs) / 2 - row.epoch_ms) }
}
