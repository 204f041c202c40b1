import type { WorkerContext } from '../context.js'
import type { OpenUploads } from './call.js'
import type { LaneState } from './lanes.js'
import type { Lease } from './lease.js'
import type { BotHalt } from './send-delivery.js'
import type { SendQueue } from './send-queue.js'
import type { Signal } from './signal.js'

/** What is due later than this is left to the sweep. */
export const keepForMs = 1_200
/** What no wake-up told of is seen this soon. */
export const lookAgainMs = 100
/** A permit comes back this long after the answer. */
export const permitReturnMs = 1_000
/** Heads that a look passes over before it gives up; more when it found nothing. */
export const lookaheadMin = 8

/** What one turn of a lane works with. */
export interface Turn extends LaneState {
  ctx: WorkerContext
  botId: string
  lease: Lease
  token: string
  queue: SendQueue
  /** Fires when there is something to look at: an answer, a claim, a wake-up. */
  news: Signal
  /** What a call slot that came free is told by. */
  onSlot: () => void
  /** The calls that were not answered yet, and when they began. */
  calls: Map<Promise<void>, number>
  look: Look
  uploads: OpenUploads
  halt: BotHalt | undefined
}

/** When the turn looks into its lane, and what it saw last. */
export interface Look {
  /** A wake-up came. */
  isAskedFor: boolean
  claiming: Promise<void> | undefined
  lastAtMs: number
  nextAtMs: number
  lookahead: number
  /** When something is due; undefined while the last look took something, or did not see the whole lane. */
  dueAtMs: number | undefined
  lastTakenAtMs: number
  failure: Error | undefined
}
