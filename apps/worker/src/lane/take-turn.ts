/**
 * A turn: one worker draining one bot's lane for a while.
 *
 * It claims a little ahead of what it may send, so that a delivery is at hand whenever a permit comes back,
 * sends in the order of its queue, and leaves the answers to the settler. A turn goes on while something is
 * due within about a second, then writes down when the next thing is due and lets go. It ends at once when
 * its lease ends, when the process stops, or when Telegram refuses the bot, and early where this worker has more than its
 * part of all lanes; deliveries that were claimed and not begun by then go back into the lane.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { laneLookEveryMs, type LaneRelease, recordingGraceMs } from '@tellwire/db'
import { LaneOffered } from '@tellwire/jobs'
import { closeUploads } from '../compose/uploads.js'
import type { WorkerContext } from '../context.js'
import type { BotToken } from './bot-tokens.js'
import { drain, mayGoOn } from './drain.js'
import { createLaneState } from './lanes.js'
import type { Lease } from './leases.js'
import { createSendQueue, type QueuedDelivery } from './send-queue.js'
import { createStepper } from './stepper.js'
import { lookaheadMin, permitReturnMs } from './timing.js'
import type { Turn } from './turn.js'

const releaseAgainMs = 200

/** @returns whether the lane has more to do right away. */
export async function takeTurn(ctx: WorkerContext, botId: string): Promise<boolean> {
  if (ctx.lanes.wake(botId)) return false
  let turn: Turn | undefined
  ctx.lanes.open(botId, {
    wake() {
      if (!turn) return
      turn.claimAhead.isAskedFor = true
      turn.stepper.wake()
    },
    withdraw: (isWanted) => turn && giveBack(turn, isWanted),
  })
  try {
    const token = await ctx.tokens.read(botId)
    const lease = token && (await ctx.leases.acquire(botId))
    if (!lease) return false
    turn = beginTurn({ ctx, botId, lease, token })
    return await holdTurn(turn, token)
  } finally {
    ctx.lanes.close(botId)
  }
}

async function holdTurn(turn: Turn, token: BotToken): Promise<boolean> {
  const { ctx, botId, lease } = turn
  // A token that was replaced since it was read is no reason to ask Telegram: the next turn has the new one.
  const isReplaced = !lease.grant.tokenSealed.equals(token.sealed)
  if (isReplaced) ctx.tokens.forget(botId)
  let nextDueInMs: number | undefined = 0
  try {
    if (!isReplaced) nextDueInMs = await drain(turn)
  } catch (error) {
    ctx.log.error({ err: error, botId }, 'turn failed')
  }
  await endTurn(turn, nextDueInMs)
  if (turn.isOffered) {
    // Where nobody takes it, the sweep finds it.
    ctx.waker.tell(LaneOffered, botId)
    return false
  }
  // A wake-up that came while the turn was ending is answered by the next one.
  return turn.halt === undefined && (nextDueInMs === 0 || turn.claimAhead.isAskedFor)
}

type Begun = Pick<Turn, 'ctx' | 'botId' | 'lease'> & { token: BotToken }

function beginTurn({ ctx, botId, lease, token }: Begun): Turn {
  const { grant } = lease
  const nowMs = performance.now()
  const spentForMs = grant.wasAbandoned ? permitReturnMs : grant.permitsFreeInMs
  const remembered = ctx.lanes.recall(botId, grant.epoch)
  const state = remembered ?? createLaneState(grant.rate, nowMs + spentForMs)
  const { floods, shares } = state
  floods.setFullRate(grant.rate)
  if (!remembered && grant.learnedRate !== null) floods.recall(grant.learnedRate)
  if (grant.wasPaused || grant.isParked) floods.tryFirst()
  // Nothing steps before the turn is drained.
  const stepper = createStepper(() => undefined)
  return {
    ...state,
    ctx,
    botId,
    lease,
    stepper,
    onSlotFree: () => undefined,
    token: token.text,
    queue: createSendQueue(shares),
    calls: new Map(),
    onCallsAnswered: undefined,
    uploads: new Map(),
    uploadsEnd: new AbortController(),
    suspects: new Map(),
    claimAhead: {
      isAskedFor: false,
      claiming: undefined,
      lastAtMs: 0,
      nextAtMs: nowMs,
      lookahead: lookaheadMin,
      dueAtMs: undefined,
      lastTakenAtMs: nowMs,
      hasTaken: false,
      awaitingUpload: 0,
      failure: undefined,
    },
    graceUntilMs: nowMs + recordingGraceMs,
    isRestored: false,
    halt: undefined,
    isOffered: false,
  }
}

/** Gives back what was claimed and not begun, of what is wanted. */
function giveBack(turn: Turn, isWanted?: (delivery: QueuedDelivery) => boolean): void {
  for (const delivery of turn.queue.takeAll(isWanted)) {
    closeUploads(turn.uploads, delivery.id)
    turn.ctx.settler.add(turn.lease, delivery, { result: 'release' })
  }
}

/** Gives back what was not begun, lets the open calls end and be settled, and the lane go. */
async function endTurn(turn: Turn, nextDueInMs: number | undefined): Promise<void> {
  const { ctx, botId, lease, permits, shares, floods } = turn
  turn.stepper.stop()
  ctx.callSlots.leave(turn.onSlotFree)
  await turn.claimAhead.claiming
  await endSuspicion(turn)
  giveBack(turn)
  // Whoever has the lane now, or another token for it, does not wait for an upload.
  if (!mayGoOn(turn)) turn.uploadsEnd.abort()
  if (turn.calls.size > 0) await new Promise<void>((resolve) => (turn.onCallsAnswered = resolve))
  await ctx.settler.drained(lease.turnId)
  const nowMs = performance.now()
  permits.forget(nowMs)
  ctx.lanes.keep(botId, lease.grant.epoch, { permits, shares, floods, afterTenants: turn.afterTenants })
  await releaseStubbornly(ctx, lease, {
    nextDueInMs: nextLookInMs(turn, nextDueInMs),
    permitsFreeInMs: permits.spentUntil(nowMs) - nowMs,
    pauseMs: turn.halt && Math.max(0, turn.halt.untilMs - nowMs),
    parkedReason: turn.halt?.parkedReason,
    isRestored: turn.isRestored,
    tokenVersion: lease.grant.tokenVersion,
    learnedRate: floods.learnedRate(nowMs),
  })
}

/** A lane in which nothing that waits could be taken, such as a suspended tenant's, is no reason to come back at once. */
function nextLookInMs({ claimAhead }: Turn, nextDueInMs: number | undefined): number | undefined {
  if (nextDueInMs === undefined && claimAhead.hasTaken) return undefined
  return Math.min(nextDueInMs ?? Infinity, laneLookEveryMs)
}

/** Gives suspects back that still wait; those that are being composed will be in the queue. */
async function endSuspicion({ ctx, lease, suspects }: Turn): Promise<void> {
  for (const [delivery, composing] of suspects) {
    if (composing) await composing
    else ctx.settler.add(lease, delivery, { result: 'release', isUntouched: true })
  }
  suspects.clear()
}

/** While the lease lasts: what the release says, such as a pause of the bot, is to be heard. */
async function releaseStubbornly(
  ctx: WorkerContext,
  lease: Lease,
  release: Omit<LaneRelease, 'botId' | 'turnId'>,
): Promise<void> {
  for (;;) {
    try {
      await lease.release(release)
      return
    } catch (error) {
      if (!lease.isHeld()) throw error
      ctx.log.warn({ err: error }, 'releasing a lane failed')
      await delay(releaseAgainMs)
    }
  }
}
