import { type ClaimedDelivery, nilUuid, priorities } from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import { createPermits, type Permits } from '@tellwire/telegram'
import { createFairShare, type FairShare } from './fair-share.js'
import { createFloodWatch, type FloodWatch } from './flood-watch.js'
import type { QueuedDelivery } from './send-queue.js'

/** State that one turn of a lane leaves to the next in the same process. */
export interface LaneState {
  permits: Permits
  shares: FairShare
  floods: FloodWatch
  /** By priority: the tenant after which the next scan begins. */
  afterTenants: string[]
}

/** A turn that drains a lane right now. */
export interface OpenTurn {
  /** Tells it that something new was accepted. */
  wake(): void
  /** Gives back what it has claimed and not begun, of what is wanted. */
  withdraw(isWanted: (delivery: QueuedDelivery) => boolean): void
}

/**
 * The lanes of this process: those that it drains right now, and those that it drained a moment ago.
 * When it gets one of the latter again and nobody had it in between, it goes on with what it knows,
 * instead of waiting until all permits are surely back.
 */
export interface Lanes {
  open(botId: string, turn: OpenTurn): void
  close(botId: string): void
  /** @returns whether a turn of this process drains the lane; it was told. */
  wake(botId: string): boolean
  /**
   * Gives back what the turns have claimed and not begun of a notification, or for a connection: it was cancelled, or must
   * wait. What a claim has taken that is not in a queue yet is told by {@link wasWithdrawn}.
   */
  withdraw(key: string): void
  /**
   * Whether a delivery was withdrawn after the claim had been asked for that took it, and may not have seen that; or may have
   * been, and it was forgotten since.
   */
  wasWithdrawn(delivery: ClaimedDelivery, claimedAtMs: number): boolean
  /** Whether other lanes may be waiting for a place in this process. */
  isCrowded(): boolean
  count(): number
  /** Says how many lanes each worker has where they are shared evenly; infinitely many where there is no other worker. */
  setPart(part: number): void
  /** Whether this process has clearly more than its part. Whoever asks, and hears that it has, lets a lane go. */
  takeSurplus(): boolean
  /** Whether this process has less than its part, and may take a lane that another lets go. */
  hasRoom(): boolean
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

/** So many lanes are let go at a time, once a second. */
const givenBackAtOnce = 50

/** The longest window in which a send counts, a group's minute. */
const rememberedForMs = 60_000

/** So long it is known what was withdrawn. What was claimed is in its queue by then, or is claimed anew. */
const withdrawnForMs = 120_000

/** By which a delivery can be withdrawn. A reply of our own cannot. */
function keysOf(delivery: ClaimedDelivery): (string | null)[] {
  return delivery.kind === 'reply' ? [] : [delivery.notificationId, delivery.connectionId]
}

export function createLanes(): Lanes {
  const turns = new Map<string, OpenTurn>()
  const remembered = new Map<string, { epoch: bigint; state: LaneState; keptAtMs: number }>()
  /** By notification, or connection: when it was heard. */
  const withdrawn = new Map<string, number>()
  let part = Infinity
  let surplus = 0
  return {
    open: (botId, turn) => void turns.set(botId, turn),
    close: (botId) => void turns.delete(botId),
    wake(botId) {
      const turn = turns.get(botId)
      turn?.wake()
      return turn !== undefined
    },
    withdraw(key) {
      withdrawn.delete(key)
      withdrawn.set(key, performance.now())
      for (const turn of turns.values()) turn.withdraw((delivery) => keysOf(delivery).includes(key))
    },
    wasWithdrawn: (delivery, claimedAtMs) =>
      performance.now() - claimedAtMs > withdrawnForMs ||
      (withdrawn.size > 0 && keysOf(delivery).some((key) => (withdrawn.get(key ?? '') ?? -Infinity) >= claimedAtMs)),
    isCrowded: () => turns.size >= crowdedAt,
    count: () => turns.size,
    setPart(even) {
      part = even
      surplus = Math.min(givenBackAtOnce, Math.max(0, turns.size - Math.ceil(even * 1.1) - 1))
    },
    takeSurplus() {
      if (surplus === 0) return false
      surplus--
      return true
    },
    hasRoom: () => turns.size < Math.ceil(part) && turns.size < crowdedAt,
    isFamiliar: (botId) => remembered.has(botId),
    recall(botId, epoch) {
      const kept = remembered.get(botId)
      remembered.delete(botId)
      return kept?.epoch === epoch - 1n ? kept.state : undefined
    },
    keep: (botId, epoch, state) => void remembered.set(botId, { epoch, state, keptAtMs: performance.now() }),
    sweep(nowMs) {
      for (const [botId, { keptAtMs }] of remembered) if (keptAtMs + rememberedForMs < nowMs) remembered.delete(botId)
      for (const [key, heardAtMs] of withdrawn) if (heardAtMs + withdrawnForMs < nowMs) withdrawn.delete(key)
    },
  }
}

/** A lane that somebody else, or nobody, had before. */
export function createLaneState(rate: number, permitsSpentUntilMs: number): LaneState {
  const permits = createPermits(rate)
  permits.spendAll(permitsSpentUntilMs)
  return {
    permits,
    shares: createFairShare(),
    floods: createFloodWatch(rate),
    afterTenants: Array.from({ length: priorityCount }, () => nilUuid),
  }
}
