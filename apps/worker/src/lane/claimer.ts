import { type Claim, claimDeliveries, type ClaimRequest, type Pool } from '@tellwire/db'
import { createBatcher } from './batcher.js'
import { createClaimPace } from './claim-pace.js'
import { createSeqFloors } from './seq-floors.js'
import { lookaheadMin } from './timing.js'

/** Claims for all lanes of this process: those that are asked for at one time, in one statement. */
export type Claimer = (request: Omit<ClaimRequest, 'seqFloors' | 'tellsSeqs'>) => Promise<Claim>

/** A batch answers when its slowest lane does, so it is kept small: it takes some tens of milliseconds. */
const lanesMax = 16
/** Rows of one priority that a statement takes; they are shared among its lanes. */
const rowsMax = 800

/** @param claiming a pool of two connections: a search through a long lane has one of its own, and holds up no other lane. */
export function createClaimer(claiming: Pool): Claimer {
  const floors = createSeqFloors()
  const run = async (requests: readonly ClaimRequest[]): Promise<Claim[]> => {
    const countMax = Math.floor(rowsMax / requests.length)
    const beganAtMs = performance.now()
    const claims = await claimDeliveries(
      claiming,
      requests.map((request) => limitTo(request, countMax)),
    )
    for (const [index, request] of requests.entries()) {
      const claim = claims[index]
      if (claim) floors.record(request, claim, beganAtMs)
    }
    return claims
  }
  const pace = createClaimPace()
  const runAtPace = async (requests: readonly ClaimRequest[]): Promise<Claim[]> => {
    const beganAtMs = performance.now()
    const claims = await run(requests)
    pace.record(
      performance.now() - beganAtMs,
      claims.reduce((sum, { deliveries }) => sum + deliveries.length, 0),
    )
    return claims
  }
  const ordinary = createBatcher({ run: runAtPace, countMax: lanesMax, pauseMs: () => pace.pauseMs() })
  const wide = createBatcher({ run, countMax: 1 })
  return (asked) => {
    const { isAnew, ...seqs } = floors.ask(asked.botId, performance.now())
    return isAnew || asked.lookahead > lookaheadMin ? wide({ ...asked, ...seqs }) : ordinary({ ...asked, ...seqs })
  }
}

function limitTo(request: ClaimRequest, countMax: number): ClaimRequest {
  return { ...request, countsMax: request.countsMax.map((count) => Math.min(count, countMax)) }
}
