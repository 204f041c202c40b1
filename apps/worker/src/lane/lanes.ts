import { nilUuid, priorities } from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import { createPermits, type Permits } from '@tellwire/telegram'
import { createFairShare, type FairShare } from './fair-share.js'
import { createFloodWatch, type FloodWatch } from './flood-watch.js'

/** State that one turn of a lane leaves to the next in the same process. */
export interface LaneState {
  permits: Permits
  shares: FairShare
  floods: FloodWatch
  /** By priority: the tenant after which the next scan begins. */
  afterTenants: string[]
}

/**
 * The lanes of this process: those that it drains right now, and those that it drained a moment ago.
 * When it gets one of the latter again and nobody had it in between, it goes on with what it knows,
 * instead of waiting until all permits are surely back.
 */
export interface Lanes {
  /** Records the turn that drains a lane; `wake` tells it that something new was accepted. */
  open(botId: string, wake: () => void): void
  close(botId: string): void
  /** @returns whether a turn of this process drains the lane; it was told. */
  wake(botId: string): boolean
  /** Whether other lanes may be waiting for a place in this process. */
  isCrowded(): boolean
  /** Whether this process drained the lane a moment ago. */
  isFamiliar(botId: string): boolean
  recall(botId: string, epoch: bigint): LaneState | undefined
  keep(botId: string, epoch: bigint, state: LaneState): void
  /** Forgets lanes in which nothing counts any more. */
  sweep(nowMs: number): void
}

export const priorityCount = priorities.length

/** A little below the number of lanes that a process drains at a time. */
const crowdedAt = DrainLane.concurrency * 0.9

/** The longest window in which a send counts, a group's minute. */
const rememberedForMs = 60_000

export function createLanes(): Lanes {
  const turns = new Map<string, () => void>()
  const remembered = new Map<string, { epoch: bigint; state: LaneState; keptAtMs: number }>()
  return {
    open: (botId, wake) => void turns.set(botId, wake),
    close: (botId) => void turns.delete(botId),
    wake(botId) {
      const wake = turns.get(botId)
      wake?.()
      return wake !== undefined
    },
    isCrowded: () => turns.size >= crowdedAt,
    isFamiliar: (botId) => remembered.has(botId),
    recall(botId, epoch) {
      const kept = remembered.get(botId)
      remembered.delete(botId)
      return kept?.epoch === epoch - 1n ? kept.state : undefined
    },
    keep: (botId, epoch, state) => void remembered.set(botId, { epoch, state, keptAtMs: performance.now() }),
    sweep(nowMs) {
      for (const [botId, { keptAtMs }] of remembered) if (keptAtMs + rememberedForMs < nowMs) remembered.delete(botId)
    },
  }
}

/** A lane that somebody else, or nobody, had before. */
export function createLaneState(rate: number, permitsSpentUntilMs: number): LaneState {
  const permits = createPermits(rate)
  permits.spendAll(permitsSpentUntilMs)
  return {
    permits,
    shares: createFairShare(priorityCount),
    floods: createFloodWatch(rate),
    afterTenants: Array.from({ length: priorityCount }, () => nilUuid),
  }
}
