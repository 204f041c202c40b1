import {
  acquireLanes,
  type LaneGrant,
  laneLeaseMs,
  type LaneRelease,
  type LaneTerms,
  newId,
  type Pool,
  releaseLanes,
  renewLanes,
} from '@tellwire/db'
import type { Logger } from '@tellwire/observability'
import { createBatcher } from './batcher.js'

const renewEveryMs = 1_000

/** The database's and this machine's clocks may run apart by this much in the time of one lease. */
const clockMarginMs = 250
const batchSizeMax = 1_000

/**
 * The right of one turn to drain one lane. It is the turn's, not the process's: after the queue was lost
 * two turns of one lane can run in one process, and only one of them holds it.
 *
 * Held until `laneLeaseMs` after the last renewal was *asked for*, on this process's monotonic clock: the
 * database starts counting later, so by its clock the lease lasts longer than we use it.
 */
export interface Lease {
  botId: string
  turnId: string
  /** What was true when the lane was taken. */
  grant: LaneGrant
  /** The terms as of the last renewal. */
  terms: LaneTerms
  /** To be asked right before every call. */
  isHeld(): boolean
  release(release: Omit<LaneRelease, 'botId' | 'turnId'>): Promise<void>
}

/** The leases of this process, which are taken, renewed and given back together. */
export interface Leases {
  /** @returns undefined where the lane is another's, or is not to be drained now. */
  acquire(botId: string): Promise<Lease | undefined>
  /** Renews all of them, and so learns what has changed. Does not fail. */
  renew(): Promise<void>
  close(): void
}

interface Held extends Lease {
  untilMs: number
}

/** @param leasing a pool of its own: a renewal that waited behind other work would come too late. */
export function createLeases({ leasing, log }: { leasing: Pool; log: Logger }): Leases {
  const held = new Map<string, Held>()
  let renewing: Promise<void> | undefined

  const acquire = createBatcher({
    countMax: batchSizeMax,
    run: async (botIds: readonly string[]) => {
      const untilMs = performance.now() + laneLeaseMs - clockMarginMs
      const wanted = botIds.map((botId) => ({ botId, turnId: newId() }))
      const grants = await acquireLanes(leasing, wanted)
      return wanted.map(({ botId, turnId }) => {
        const grant = grants.get(turnId)
        return grant && hold({ botId, turnId, grant, untilMs })
      })
    },
  })
  const release = createBatcher({
    countMax: batchSizeMax,
    run: async (released: readonly LaneRelease[]) => {
      await releaseLanes(leasing, released)
      return released
    },
  })

  const hold = ({ botId, turnId, grant, untilMs }: Pick<Held, 'botId' | 'turnId' | 'grant' | 'untilMs'>): Held => {
    const lease: Held = {
      botId,
      turnId,
      grant,
      terms: grant,
      untilMs,
      isHeld: () => performance.now() < lease.untilMs,
      async release(released) {
        await release({ botId, turnId, ...released })
        held.delete(turnId)
      },
    }
    held.set(turnId, lease)
    return lease
  }

  const renewAll = async (): Promise<void> => {
    const asked = [...held.values()].filter((lease) => lease.isHeld())
    // What has run out is another's, or nobody's; it is renewed by nobody.
    for (const lease of held.values()) if (!lease.isHeld()) held.delete(lease.turnId)
    if (asked.length === 0) return
    const untilMs = performance.now() + laneLeaseMs - clockMarginMs
    const renewed = await renewLanes(leasing, asked)
    for (const lease of asked) {
      const terms = renewed.get(lease.turnId)
      // One that was locked is renewed the next time.
      if (!terms) continue
      lease.untilMs = untilMs
      lease.terms = terms
    }
  }

  const renew = async (): Promise<void> => {
    renewing ??= renewAll()
      // The leases run on until their end; the next renewal may succeed.
      .catch((error: unknown) => log.warn({ err: error }, 'renewing leases failed'))
      .finally(() => {
        renewing = undefined
      })
    await renewing
  }
  const timer = setInterval(() => void renew(), renewEveryMs)

  return { acquire, renew, close: () => clearInterval(timer) }
}
