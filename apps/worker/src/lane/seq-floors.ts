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
  ask(botId: string, nowMs: number): Pick<ClaimRequest, 'seqFloors' | 'tellsSeqs'>
  /** @param beganAtMs when the claim was sent. */
  record(request: ClaimRequest, claim: Claim, beganAtMs: number): void
}

/** A lane's numbers are looked for so often. */
const learnEveryMs = 1_000
/** Once a minute a claim looks at the whole lane: whatever was wrong about its numbers is right again then. */
const trustedForMs = 60_000
const lanesMax = 20_000

const noFloors: readonly bigint[] = Array.from({ length: priorityCount }, () => 0n)

interface KnownLane {
  floors: readonly bigint[]
  learnedAtMs: number
  /** When it was last looked at as a whole. */
  wholeAtMs: number
}

export function createSeqFloors(now: () => number = () => performance.now()): SeqFloors {
  const lanes = new Map<string, KnownLane>()
  const settledSeqs = createSettledSeqs(now)
  return {
    ask(botId, nowMs) {
      const known = lanes.get(botId)
      if (!known || nowMs >= known.wholeAtMs + trustedForMs) {
        // Once, even if it takes too long and fails.
        if (known) known.wholeAtMs = nowMs
        return { seqFloors: noFloors, tellsSeqs: true }
      }
      return { seqFloors: known.floors, tellsSeqs: nowMs >= known.learnedAtMs + learnEveryMs }
    },
    record({ botId, seqFloors }, { seqs }, beganAtMs) {
      if (!seqs) return
      const settled = settledSeqs.record(seqs, beganAtMs)
      const known = lanes.get(botId)
      const floors = seqFloors.map((floor, priority) => {
        const lowest = seqs.lowest[priority]
        if (lowest === null) return known?.floors[priority] ?? floor
        return lowest === undefined || lowest > settled ? settled : lowest
      })
      const wholeAtMs = seqFloors === noFloors ? beganAtMs : (known?.wholeAtMs ?? -Infinity)
      lanes.delete(botId)
      lanes.set(botId, { floors, learnedAtMs: beganAtMs, wholeAtMs })
      for (const oldest of lanes.keys()) {
        if (lanes.size <= lanesMax) break
        lanes.delete(oldest)
      }
    },
  }
}
