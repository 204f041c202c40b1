import { checkClock, type Database } from '@tellwire/db'
import type { WorkLog } from '../scope.js'

/** The connection to the database is in another time zone than UTC, so that every time would be read wrong. */
export class TimeZoneError extends Error {
  override readonly name = 'TimeZoneError'
}

const watchEveryMs = 60_000
/** Links, quotas and scheduled messages go wrong by as much as a clock does; by so much nobody notices. */
const aheadMaxMs = 1_000

/**
 * Compares this machine's clock with the database's, now and every minute, and warns where they run apart.
 * @throws {TimeZoneError}
 */
export async function watchClock(db: Database, log: WorkLog): Promise<void> {
  const compare = async (): Promise<void> => {
    const { timeZone, aheadMs } = await checkClock(db)
    if (!/^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu|GMT)$/i.test(timeZone)) {
      throw new TimeZoneError(
        `The connection to the database is in the time zone ${timeZone} instead of UTC. A pooler between has dropped the start-up options: run ALTER ROLE … SET timezone = 'UTC' for the role of DATABASE_URL.`,
      )
    }
    if (Math.abs(aheadMs) > aheadMaxMs) log.warn({ aheadMs }, "this machine's clock and the database's run apart")
  }
  setInterval(() => {
    compare().catch((error: unknown) => log.warn({ err: error }, 'the clock could not be checked'))
  }, watchEveryMs).unref()
  try {
    await compare()
  } catch (error) {
    if (error instanceof TimeZoneError) throw error
    log.warn({ err: error }, 'the clock could not be checked')
  }
}
