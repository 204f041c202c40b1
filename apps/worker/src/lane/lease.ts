import {
  acquireLane,
  type LaneGrant,
  laneLeaseMs,
  type LaneRelease,
  newId,
  type Pool,
  releaseLane,
  renewLane,
} from '@tellwire/db'

const renewEveryMs = 1_000

/** The database's and this machine's clocks may run apart by this much in the time of one lease. */
const clockMarginMs = 250

/**
 * The right of one turn to drain one lane. It is the turn's, not the process's: after the queue was lost
 * two turns of one lane can run in one process, and only one of them holds it.
 *
 * Held until `laneLeaseMs` after the last renewal was *asked for*, on this process's monotonic clock: the
 * database starts counting later, so by its clock the lease lasts longer than we use it.
 */
export interface Lease {
  turnId: string
  grant: LaneGrant
  /** To be asked right before every call. */
  isHeld(): boolean
  release(release: LaneRelease): Promise<void>
}

export async function acquireLease(engine: Pool, botId: string): Promise<Lease | undefined> {
  const turnId = newId()
  let heldUntilMs = performance.now() + laneLeaseMs - clockMarginMs
  const grant = await acquireLane(engine, botId, turnId)
  if (!grant) return undefined

  let isRenewing = false
  const renew = async (): Promise<void> => {
    if (isRenewing) return
    isRenewing = true
    const askedAtMs = performance.now()
    try {
      heldUntilMs = (await renewLane(engine, botId, turnId)) ? askedAtMs + laneLeaseMs - clockMarginMs : 0
    } catch {
      // The lease runs on until its end; the next renewal may succeed.
    } finally {
      isRenewing = false
    }
  }
  const timer = setInterval(() => void renew(), renewEveryMs)

  return {
    turnId,
    grant,
    isHeld: () => performance.now() < heldUntilMs,
    async release(release) {
      clearInterval(timer)
      await releaseLane(engine, botId, turnId, release)
    },
  }
}
