import { closeUploads } from '../compose/uploads.js'
import type { BotHalt } from '../outcome/carry-out.js'
import { claimAheadIfDue } from './claim-ahead.js'
import { sendDelivery } from './send-delivery.js'
import type { QueuedDelivery } from './send-queue.js'
import { createStepper } from './stepper.js'
import { keepForMs, permitReturnMs, pollEveryMs } from './timing.js'
import type { Turn } from './turn.js'

/** A turn that has more to do lets go after this long where other lanes wait for its place. */
const turnMaxMs = 10_000
/** A lane that was just taken is not offered to another worker. */
const heldAtLeastMs = 2_000
/** How long an empty lane is kept: the next delivery finds it held. */
const lingerMs = 300
/** A turn that is over waits for its open calls; one with a call that hangs, or uploads something, goes on instead. */
const callHangsAfterMs = 1_000
/** Where there is always such a call it ends all the same. */
const longCallsMaxMs = 20_000

/** In how many milliseconds something is due; undefined when nothing waits. */
type DueInMs = number | undefined

/** Drains the lane of a turn until it is over. */
export function drain(turn: Turn): Promise<DueInMs> {
  const endsAtMs = performance.now() + turnMaxMs
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      turn.stepper.stop()
      settle()
    }
    turn.stepper = createStepper(() => {
      try {
        const over = step(turn, endsAtMs)
        if (over) end(() => resolve(over.dueInMs))
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error('a turn failed', { cause: error })))
      }
    })
    turn.onSlotFree = () => turn.stepper.wake()
    turn.stepper.wake()
  })
}

/**
 * What a turn does whenever something has happened, or a time has come: it sends what may leave, and claims when it is
 * time to. It waits for nothing; answers and claims wake it again. @returns when the turn is over.
 */
function step(turn: Turn, endsAtMs: number): { dueInMs: DueInMs } | undefined {
  if (!mayGoOn(turn)) return { dueInMs: 0 }
  sendWhatMayLeave(turn)
  const { ctx, claimAhead, queue } = turn
  const nowMs = performance.now()
  // While it waited for its open calls nothing else would leave the lane.
  const isHeldUp = hasLongCall(turn, nowMs) && nowMs < endsAtMs + longCallsMaxMs
  const mayLetGo = nowMs > endsAtMs - turnMaxMs + heldAtLeastMs && !isHeldUp
  if (mayLetGo && nowMs > endsAtMs && ctx.lanes.isCrowded()) return { dueInMs: 0 }
  if (mayLetGo && queue.size > 0 && ctx.lanes.takeSurplus()) {
    turn.isOffered = true
    return { dueInMs: 0 }
  }
  claimAheadIfDue(turn, nowMs)
  if (claimAhead.failure !== undefined) throw claimAhead.failure

  const isIdle =
    queue.size === 0 && turn.calls.size === 0 && turn.suspects.size === 0 && claimAhead.claiming === undefined
  if (isIdle && claimAhead.dueAtMs !== undefined && claimAhead.dueAtMs - nowMs > keepForMs) {
    if (Number.isFinite(claimAhead.dueAtMs)) return { dueInMs: claimAhead.dueAtMs - nowMs }
    if (nowMs - claimAhead.lastTakenAtMs > lingerMs) return { dueInMs: undefined }
  }
  turn.stepper.wakeAt(nextLookAtMs(turn, nowMs))
  return undefined
}

/** Whether the turn still has its lane, and nothing speaks against going on. */
export function mayGoOn({ ctx, lease, halt }: Turn): boolean {
  const { grant, terms } = lease
  const isOutdated = terms.tokenVersion !== grant.tokenVersion || (terms.isParked && !grant.isParked)
  return lease.isHeld() && !ctx.stopping.aborted && halt === undefined && !isOutdated
}

function hasLongCall({ calls }: Turn, nowMs: number): boolean {
  return [...calls].some(([{ call }, beganAtMs]) => call.uploads.length > 0 || nowMs - beganAtMs > callHangsAfterMs)
}

/** Until when nothing may leave, and no claim is due. */
function nextLookAtMs({ ctx, queue, permits, claimAhead, onSlotFree }: Turn, nowMs: number): number {
  const mayLeave = queue.size > 0 && !ctx.callSlots.isWaiting(onSlotFree) && !ctx.settler.isBehind()
  const count = mayLeave ? queue.peek(nowMs)?.call.messageCount : undefined
  const leavesAtMs = mayLeave ? Math.max(queue.opensAt(nowMs), permits.freeAt(nowMs, count)) : Infinity
  const looksAtMs = claimAhead.claiming ? Infinity : Math.max(nowMs, claimAhead.nextAtMs)
  return Math.min(leavesAtMs, looksAtMs, nowMs + pollEveryMs)
}

function sendWhatMayLeave(turn: Turn): void {
  const { ctx, lease, queue, permits, shares, floods } = turn
  while (mayGoOn(turn) && !ctx.settler.isBehind()) {
    const nowMs = performance.now()
    const delivery = queue.peek(nowMs)
    if (!delivery || permits.freeAt(nowMs, delivery.call.messageCount) > nowMs) return
    if (floods.isTrying && turn.calls.size > 0) return
    const chatFreeInMs = delivery.expiresAtMs > nowMs ? chatFreeAt(turn, delivery, nowMs) - nowMs : 0
    if (chatFreeInMs > 0) {
      queue.take(delivery)
      closeUploads(turn.uploads, delivery.id)
      const retryIn = Number.isFinite(chatFreeInMs) ? { retryInMs: chatFreeInMs } : {}
      ctx.settler.add(lease, delivery, { result: 'release', ...retryIn })
      continue
    }
    if (!ctx.callSlots.take(turn.onSlotFree, turn.calls.size)) return
    queue.take(delivery)
    queue.started(delivery, nowMs, permits.rate)
    shares.recordSent(delivery)
    begin(turn, delivery, nowMs)
  }
}

/** A chat that was free when its head was claimed is free now, unless an earlier holder's send says otherwise. */
function chatFreeAt({ permits }: Turn, delivery: QueuedDelivery, nowMs: number): number {
  const { messageCount } = delivery.call
  if (delivery.lastSendAgesMs.length > 0 || delivery.wasInFlight) {
    const sentAtMs = delivery.lastSendAgesMs.map((ageMs) => nowMs - ageMs)
    // The turn that died may have sent this very row a moment before.
    const maybeSentAtMs = Array.from({ length: messageCount }, () => nowMs - permitReturnMs)
    const recalled = delivery.wasInFlight ? [...sentAtMs, ...maybeSentAtMs] : sentAtMs
    permits.recall(delivery.chatId, delivery.isGroup ? 'group' : 'private', recalled)
  }
  return permits.chatFreeAt(delivery.chatId, nowMs, messageCount)
}

function begin(turn: Turn, delivery: QueuedDelivery, nowMs: number): void {
  turn.calls.set(delivery, nowMs)
  sendDelivery(turn, delivery, (halt) => {
    if (halt) {
      turn.halt = mergeHalts(turn.halt, halt)
      // Minutes that an upload takes are not the others' who have to wait for a moment.
      turn.uploadsEnd.abort()
    }
    turn.ctx.callSlots.giveBack()
    if (turn.uploads.size > 0) closeUploads(turn.uploads, delivery.id)
    turn.calls.delete(delivery)
    turn.stepper.wake()
    if (turn.calls.size === 0) turn.onCallsAnswered?.()
  })
}

function mergeHalts(earlier: Turn['halt'], { pauseMs, parkedReason }: BotHalt): Turn['halt'] {
  return {
    untilMs: Math.max(earlier?.untilMs ?? 0, performance.now() + pauseMs),
    parkedReason: earlier?.parkedReason ?? parkedReason,
  }
}
