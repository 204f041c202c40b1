import { laneStart, type LaneCursor } from '@tellwire/db'
import { createPermits, type Permits } from '@tellwire/telegram'
import { createFloodWatch, type FloodWatch } from './flood-watch.js'

/** What one turn of a lane leaves to the next in the same process. */
export interface LaneState {
  permits: Permits
  /** By priority: where the scan goes on. */
  cursors: LaneCursor[]
  floods: FloodWatch
}

/**
 * The lanes that this process drained a moment ago. When it gets a lane again and nobody had it in
 * between, it goes on with what it knows, instead of waiting until all permits are surely back.
 */
export interface LaneMemory {
  recall(botId: string, epoch: bigint): LaneState | undefined
  keep(botId: string, epoch: bigint, state: LaneState): void
  /** Forgets lanes in which nothing counts any more. */
  sweep(nowMs: number): void
}

/** The longest window in which a send counts, a group's minute. */
const rememberedForMs = 60_000

export function createLaneMemory(): LaneMemory {
  const lanes = new Map<string, { epoch: bigint; state: LaneState; keptAtMs: number }>()
  return {
    recall(botId, epoch) {
      const kept = lanes.get(botId)
      lanes.delete(botId)
      return kept?.epoch === epoch - 1n ? kept.state : undefined
    },
    keep: (botId, epoch, state) => void lanes.set(botId, { epoch, state, keptAtMs: performance.now() }),
    sweep(nowMs) {
      for (const [botId, { keptAtMs }] of lanes) if (keptAtMs + rememberedForMs < nowMs) lanes.delete(botId)
    },
  }
}

/** A lane that somebody else, or nobody, had before. */
export function createLaneState(rate: number, permitsSpentUntilMs: number): LaneState {
  const permits = createPermits(rate)
  permits.spendAll(permitsSpentUntilMs)
  return { permits, cursors: [laneStart, laneStart, laneStart], floods: createFloodWatch() }
}
