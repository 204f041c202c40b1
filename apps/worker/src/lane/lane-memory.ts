import { createPermits, type Permits } from '@tellwire/telegram'

interface Remembered {
  epoch: bigint
  permits: Permits
}

/**
 * The permits of lanes that this process drained a moment ago. When it gets a lane again and nobody had
 * it in between, it goes on with what it knows, instead of waiting until all is surely free.
 */
export interface LaneMemory {
  recall(botId: string, epoch: bigint): Permits | undefined
  keep(botId: string, epoch: bigint, permits: Permits): void
  /** Forgets lanes whose permits have all come back. */
  sweep(nowMs: number): void
}

const groupWindowMs = 60_000

export function createLaneMemory(): LaneMemory {
  const lanes = new Map<string, Remembered & { keptAtMs: number }>()
  return {
    recall(botId, epoch) {
      const remembered = lanes.get(botId)
      lanes.delete(botId)
      return remembered && remembered.epoch === epoch - 1n ? remembered.permits : undefined
    },
    keep: (botId, epoch, permits) => void lanes.set(botId, { epoch, permits, keptAtMs: performance.now() }),
    sweep(nowMs) {
      for (const [botId, { keptAtMs }] of lanes) if (keptAtMs + groupWindowMs < nowMs) lanes.delete(botId)
    },
  }
}

/** Permits of a lane that somebody else, or nobody, had before. */
export function createUnknownPermits(rate: number, spentUntilMs: number): Permits {
  const permits = createPermits(rate)
  permits.spendAll(spentUntilMs)
  return permits
}
