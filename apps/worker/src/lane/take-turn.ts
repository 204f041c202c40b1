/**
 * A turn: one worker draining one bot's lane for a while.
 *
 * It claims a little ahead of what it may send, so that a delivery is at hand whenever a permit comes back,
 * sends in the order of its queue, and leaves the answers to the settler. A turn goes on while something is
 * due within about a second, then writes down when the next thing is due and lets go. It ends at once when
 * its lease ends, when the process stops, or when Telegram refuses the bot; deliveries that were claimed and
 * not begun by then go back into the lane.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { LaneRelease } from '@tellwire/db'
import { closeUploads } from '../compose/uploads.js'
import type { WorkerContext } from '../context.js'
import type { BotHalt } from '../outcome/carry-out.js'
import type { BotToken } from './bot-tokens.js'
import { claimAheadIfDue } from './claim-ahead.js'
import { createLaneState } from './lanes.js'
import { acquireLease, type Lease } from './lease.js'
import { sendDelivery } from './send-delivery.js'
import { createSendQueue, type QueuedDelivery } from './send-queue.js'
import { createSignal } from './signal.js'
import { keepForMs, lookaheadMin, permitReturnMs, pollEveryMs, type Turn } from './turn.js'

/** A turn that has more to do lets go after this long where other lanes wait for its place. */
const turnMaxMs = 10_000
/** How long an empty lane is kept: the next delivery finds it held. */
const lingerMs = 300
/** The sweep looks at a lane in which something waits at least this often, whatever its next due time. */
const lookAtLeastEveryMs = 5_000
const releaseAgainMs = 200
/** A turn that is over waits for its open calls; one with a call that hangs goes on instead. */
const callHangsAfterMs = 1_000

/** @returns whether the lane has more to do right away. */
export async function takeTurn(ctx: WorkerContext, botId: string): Promise<boolean> {
  if (ctx.lanes.wake(botId)) return false
  let turn: Turn | undefined
  ctx.lanes.open(botId, () => {
    if (!turn) return
    turn.claimAhead.isAskedFor = true
    turn.wakeUp.fire()
  })
  try {
    const token = await ctx.tokens.read(botId)
    const lease = token && (await acquireLease(ctx.engine, botId))
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
  // A wake-up that came while the turn was ending is answered by the next one.
  return turn.halt === undefined && (nextDueInMs === 0 || turn.claimAhead.isAskedFor)
}

type Begun = Pick<Turn, 'ctx' | 'botId' | 'lease'> & { token: BotToken }

function beginTurn({ ctx, botId, lease, token }: Begun): Turn {
  const { grant } = lease
  const nowMs = performance.now()
  const spentForMs = grant.wasAbandoned ? permitReturnMs : grant.permitsFreeInMs
  const wakeUp = createSignal()
  const remembered = ctx.lanes.recall(botId, grant.epoch)
  const state = remembered ?? createLaneState(grant.rate, nowMs + spentForMs)
  state.floods.setFullRate(grant.rate)
  if (!remembered && grant.learnedRate !== null) state.floods.recall(grant.learnedRate)
  return {
    ...state,
    ctx,
    botId,
    lease,
    wakeUp,
    onSlotFree: () => wakeUp.fire(),
    token: token.text,
    queue: createSendQueue(),
    calls: new Map(),
    uploads: new Map(),
    suspects: new Map(),
    claimAhead: {
      isAskedFor: false,
      claiming: undefined,
      lastAtMs: 0,
      nextAtMs: nowMs,
      lookahead: lookaheadMin,
      dueAtMs: undefined,
      lastTakenAtMs: nowMs,
      failure: undefined,
    },
    halt: undefined,
  }
}

/** Gives back what was not begun, lets the open calls end and be settled, and the lane go. */
async function endTurn(turn: Turn, nextDueInMs: number | undefined): Promise<void> {
  const { ctx, botId, lease, permits, shares, floods } = turn
  ctx.callSlots.leave(turn.onSlotFree)
  await turn.claimAhead.claiming
  await endSuspicion(turn)
  for (const delivery of turn.queue.clear()) ctx.settler.add(lease, delivery, { result: 'release' })
  await Promise.all(turn.calls.keys())
  await ctx.settler.drained(lease.turnId)
  const nowMs = performance.now()
  permits.forget(nowMs)
  ctx.lanes.keep(botId, lease.grant.epoch, { permits, shares, floods, afterTenants: turn.afterTenants })
  await releaseStubbornly(ctx, lease, {
    nextDueInMs: nextDueInMs === undefined ? undefined : Math.min(nextDueInMs, lookAtLeastEveryMs),
    permitsFreeInMs: permits.spentUntil(nowMs) - nowMs,
    pauseMs: turn.halt?.pauseMs,
    parkedReason: turn.halt?.parkedReason,
    tokenSealed: lease.grant.tokenSealed,
    learnedRate: floods.learnedRate(nowMs),
  })
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
async function releaseStubbornly(ctx: WorkerContext, lease: Lease, release: LaneRelease): Promise<void> {
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

/** @returns in how many milliseconds something is due; undefined when nothing waits. */
async function drain(turn: Turn): Promise<number | undefined> {
  const { ctx, lease, claimAhead, queue, wakeUp } = turn
  const endsAtMs = performance.now() + turnMaxMs
  while (lease.isHeld() && !ctx.stopping.aborted && turn.halt === undefined) {
    sendWhatMayLeave(turn)
    const nowMs = performance.now()
    if (nowMs > endsAtMs && ctx.lanes.isCrowded() && !hasHangingCall(turn, nowMs)) return 0
    claimAheadIfDue(turn, nowMs)
    if (claimAhead.failure !== undefined) throw claimAhead.failure

    const isIdle =
      queue.size === 0 && turn.calls.size === 0 && turn.suspects.size === 0 && claimAhead.claiming === undefined
    if (isIdle && claimAhead.dueAtMs !== undefined && claimAhead.dueAtMs - nowMs > keepForMs) {
      if (Number.isFinite(claimAhead.dueAtMs)) return claimAhead.dueAtMs - nowMs
      if (nowMs - claimAhead.lastTakenAtMs > lingerMs) return undefined
    }
    await wakeUp.wait(waitMs(turn, nowMs))
  }
  return 0
}

function hasHangingCall({ calls }: Turn, nowMs: number): boolean {
  return [...calls.values()].some((beganAtMs) => nowMs - beganAtMs > callHangsAfterMs)
}

/** How long nothing may leave, and no claim is due. */
function waitMs({ ctx, queue, permits, claimAhead, onSlotFree }: Turn, nowMs: number): number {
  const mayLeave = queue.size > 0 && !ctx.callSlots.isWaiting(onSlotFree)
  const count = queue.peek(nowMs)?.call.messageCount
  const leavesAtMs = mayLeave ? Math.max(queue.opensAt(nowMs), permits.freeAt(nowMs, count)) : Infinity
  const looksAtMs = claimAhead.claiming ? Infinity : Math.max(nowMs, claimAhead.nextAtMs)
  return Math.min(leavesAtMs - nowMs, looksAtMs - nowMs, pollEveryMs)
}

function sendWhatMayLeave(turn: Turn): void {
  const { ctx, lease, queue, permits, shares } = turn
  while (lease.isHeld() && !ctx.stopping.aborted && turn.halt === undefined) {
    const nowMs = performance.now()
    const delivery = queue.peek(nowMs)
    if (!delivery || permits.freeAt(nowMs, delivery.call.messageCount) > nowMs) return
    const chatFreeInMs = delivery.expiresAtMs > nowMs ? chatFreeAt(turn, delivery, nowMs) - nowMs : 0
    if (chatFreeInMs > 0) {
      queue.take(delivery)
      closeUploads(turn.uploads, delivery.id)
      const retryIn = Number.isFinite(chatFreeInMs) ? { retryInMs: chatFreeInMs } : {}
      ctx.settler.add(lease, delivery, { result: 'release', ...retryIn })
      continue
    }
    if (!ctx.callSlots.take(turn.onSlotFree)) return
    queue.take(delivery)
    queue.started(delivery, nowMs, permits.rate)
    shares.recordSent(delivery)
    begin(turn, delivery, nowMs)
  }
}

/** A chat that was free when its head was claimed is free now, unless an earlier holder's send says otherwise. */
function chatFreeAt({ permits }: Turn, delivery: QueuedDelivery, nowMs: number): number {
  const sentAtMs = delivery.lastSendAgesMs.map((ageMs) => nowMs - ageMs)
  // The turn that died may have sent this very row a moment before.
  const { messageCount } = delivery.call
  const maybeSentAtMs = Array.from({ length: messageCount }, () => nowMs - permitReturnMs)
  const recalled = delivery.wasInFlight ? [...sentAtMs, ...maybeSentAtMs] : sentAtMs
  permits.recall(delivery.chatId, delivery.isGroup ? 'group' : 'private', recalled)
  return permits.chatFreeAt(delivery.chatId, nowMs, messageCount)
}

function begin(turn: Turn, delivery: QueuedDelivery, nowMs: number): void {
  const { ctx } = turn
  const call = sendDelivery(turn, delivery)
    .then((halt) => {
      if (halt) turn.halt = mergeHalts(turn.halt, halt)
    })
    .catch((error: unknown) => ctx.log.error({ err: error, botId: turn.botId }, 'sending failed'))
    .finally(() => {
      ctx.callSlots.giveBack()
      closeUploads(turn.uploads, delivery.id)
      turn.calls.delete(call)
      turn.wakeUp.fire()
    })
  turn.calls.set(call, nowMs)
}

function mergeHalts(earlier: BotHalt | undefined, later: BotHalt): BotHalt {
  return {
    pauseMs: Math.max(earlier?.pauseMs ?? 0, later.pauseMs),
    parkedReason: earlier?.parkedReason ?? later.parkedReason,
  }
}
