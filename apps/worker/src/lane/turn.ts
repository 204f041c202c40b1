import type { ClaimedDelivery } from '@tellwire/db'
import type { WorkerContext } from '../context.js'
import type { OpenUploads } from '../compose/uploads.js'
import type { LaneState } from './lanes.js'
import type { Lease } from './leases.js'
import type { QueuedDelivery, SendQueue } from './send-queue.js'
import type { Stepper } from './stepper.js'

/** One turn of a lane. */
export interface Turn extends LaneState {
  ctx: WorkerContext
  botId: string
  lease: Lease
  token: string
  queue: SendQueue
  /** Is woken when there is something to do: an answer came, a claim, or word of something new. */
  stepper: Stepper
  /** Is called when a call slot came free. */
  onSlotFree: () => void
  /** The calls that were not answered yet, and when they began. */
  calls: Map<QueuedDelivery, number>
  /** Is called when the last call is answered; undefined while nobody waits for it. */
  onCallsAnswered: (() => void) | undefined
  claimAhead: ClaimAhead
  /** Until when nothing is taken over that another turn left in flight: it may be recording what became of it. */
  graceUntilMs: number
  uploads: OpenUploads
  /** Ends the calls whose files are still on their way. */
  uploadsEnd: AbortController
  /** Deliveries that were in flight when a worker died: undefined while one waits to be handled apart, then its composing. */
  suspects: Map<ClaimedDelivery, Promise<void> | undefined>
  /** Telegram takes the bot again, which it had refused. */
  isRestored: boolean
  /** Why the bot has to halt, and until when. */
  halt: { untilMs: number; parkedReason: string | undefined } | undefined
  /** This worker has more than its part of all lanes: another is to take this one. */
  isOffered: boolean
}

/** When the turn claims from its lane, and what the last claim found. */
export interface ClaimAhead {
  /** Whether word of something new came. */
  isAskedFor: boolean
  claiming: Promise<void> | undefined
  lastAtMs: number
  nextAtMs: number
  lookahead: number
  /** When something is due; undefined while the last claim took something, or did not see the whole lane. */
  dueAtMs: number | undefined
  lastTakenAtMs: number
  /** Whether anything was found that may be sent. */
  hasTaken: boolean
  /** So many deliveries were put back, since the last claim began, whose file another one is uploading. */
  awaitingUpload: number
  failure: Error | undefined
}
