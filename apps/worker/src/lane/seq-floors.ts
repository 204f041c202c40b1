import type { Claim, ClaimRequest } from '@tellwire/db'
import { priorityCount } from './lanes.js'
import { createSettledSeqs } from './settled-seqs.js'

/**
 * Knows below which numbers nothing waits in the lanes that this process claims from: what was sent, and cannot be cleared
 * away while somebody holds an old snapshot, is passed over then. A number is found by a claim that saw all that waits,
 * and it holds whoever claims from the lane afterwards.
 */
export interface SeqFloors {
  /** What the next claim from a lane is to ask. */
  ask(botId: string, nowMs: number): AskedSeqs
  /** @param beganAtMs when the claim was sent. */
  record(request: ClaimRequest, claim: Claim, beganAtMs: number): void
}

interface AskedSeqs extends Pick<ClaimRequest, 'seqFloors' | 'tellsSeqs'> {
  /** The numbers of the lane are known, and looked for anew all the same: that may take as long as it did without them. */
  isAnew: boolean
}

/** A lane's numbers are looked for so often. */
const learnEveryMs = 1_000
/**
 * Once in so long a claim looks at the whole lane: whatever was wrong about its numbers is right again then. Lanes that were
 * found at one moment are not looked at again at one moment.
 */
const trustedForMs = { min: 45_000, max: 60_000 }
const lanesMax = 20_000

const noFloors: readonly bigint[] = Array.from({ length: priorityCount }, () => 0n)

interface KnownLane {
  floors: readonly bigint[]
  learnedAtMs: number
  /** When it is to be looked at as a whole again. */
  wholeAtMs: number
}

export function createSeqFloors(now: () => number = () => performance.now()): SeqFloors {
  const lanes = new Map<string, KnownLane>()
  const settledSeqs = createSettledSeqs(() => lanes.clear(), now)
  return {
    ask(botId, nowMs) {
      const known = lanes.get(botId)
      if (!known) return { seqFloors: noFloors, tellsSeqs: true, isAnew: false }
      if (nowMs >= known.wholeAtMs) {
        // Once, even if it takes too long and fails.
        known.wholeAtMs = nextWholeAt(nowMs)
        return { seqFloors: noFloors, tellsSeqs: true, isAnew: true }
      }
      return { seqFloors: known.floors, tellsSeqs: nowMs >= known.learnedAtMs + learnEveryMs, isAnew: false }
    },
    record({ botId, seqFloors }, { seqs }, beganAtMs) {
      if (!seqs) return
      const settled = settledSeqs.record(seqs, beganAtMs)
      const known = lanes.get(botId)
      const floors = seqFloors.map((_, priority) => {
        const lowest = seqs.lowest[priority]
        if (lowest === null) return known?.floors[priority] ?? 0n
        return lowest === undefined || lowest > settled ? settled : lowest
      })
      const wholeAtMs = seqFloors === noFloors ? nextWholeAt(beganAtMs) : (known?.wholeAtMs ?? -Infinity)
      lanes.delete(botId)
      lanes.set(botId, { floors, learnedAtMs: beganAtMs, wholeAtMs })
      for (const oldest of lanes.keys()) {
        if (lanes.size <= lanesMax) break
        lanes.delete(oldest)
      }
    },
  }
}

function nextWholeAt(nowMs: number): number {
  const { min, max } = trustedForMs
  return nowMs + min + Math.random() * (max - min)
}
