import type { Claim, TenantPosition } from '@tellwire/db'
import { makeFailure, notPreparable } from '../outcome/verdict.js'
import { enqueue } from './enqueue.js'
import { priorityCount } from './lanes.js'
import { keepForMs, lookaheadMin, permitReturnMs, pollEveryMs, uploadPollMs } from './timing.js'
import type { Turn } from './turn.js'

/** Wake-ups that come faster than this are answered by one claim, while there is something to send. */
const gapsMs = { empty: 2, low: 15, full: 30 }
/** What somebody else has locked is looked at again after so long. */
const lockedForMs = 20
/** The largest part of its time that a lane spends on looking for what is not due yet. */
const searchShare = 0.1
const lookaheadMax = 50_000
const lookaheadGrowth = 4

/** Of a lane that would have to wait for a call slot, so few are claimed ahead. */
const aheadMaxWhenBusy = 64

/**
 * How many deliveries are claimed ahead: as many as the bot sends in a quarter of a second, as far as this process can
 * keep up.
 */
function aheadOf({ ctx, permits }: Turn): number {
  const ahead = Math.min(250, Math.ceil(permits.rate / 4))
  return ctx.callSlots.areTaken() ? Math.min(ahead, aheadMaxWhenBusy) : ahead
}

/** Claims deliveries that may leave soon, when it is time to: few are left, a wake-up came, or something is due. */
export function claimAheadIfDue(turn: Turn, nowMs: number): void {
  const { claimAhead, queue, permits } = turn
  if (claimAhead.claiming) return
  const isLow = queue.size <= aheadOf(turn) / 2
  if (claimAhead.isAskedFor) {
    const gapMs = queue.size === 0 ? gapsMs.empty : isLow ? gapsMs.low : gapsMs.full
    claimAhead.nextAtMs = Math.min(claimAhead.nextAtMs, claimAhead.lastAtMs + gapMs)
  }
  if (isLow && claimAhead.dueAtMs === undefined) claimAhead.nextAtMs = Math.min(claimAhead.nextAtMs, nowMs)
  if (nowMs < claimAhead.nextAtMs) return
  if (turn.ctx.settler.isBehind()) {
    claimAhead.nextAtMs = nowMs + pollEveryMs
    return
  }

  // Nothing is claimed long before it can leave.
  const freeAtMs = permits.freeAt(nowMs)
  if (freeAtMs - nowMs > permitReturnMs / 2 && turn.calls.size === 0) {
    claimAhead.nextAtMs = freeAtMs - permitReturnMs / 4
    return
  }
  const countsMax = Array.from({ length: priorityCount }, (_, priority) => roomFor(turn, priority))
  if (countsMax.every((count) => count === 0)) {
    claimAhead.nextAtMs = nowMs + pollEveryMs
    return
  }
  claimAhead.isAskedFor = false
  claimAhead.claiming = claim(turn, countsMax, nowMs)
    .catch((error: unknown) => {
      claimAhead.failure = error instanceof Error ? error : new Error('claiming failed', { cause: error })
    })
    .finally(() => {
      claimAhead.claiming = undefined
      turn.stepper.wake()
    })
}

async function claim(turn: Turn, countsMax: number[], nowMs: number): Promise<void> {
  const { ctx, lease, claimAhead, queue, permits, shares, floods } = turn
  floods.setFullRate(lease.terms.rate)
  permits.rate = floods.rate(nowMs)
  permits.forget(nowMs)
  shares.forget(nowMs)
  claimAhead.lastAtMs = nowMs
  claimAhead.awaitingUpload = 0
  const claimed = await ctx.claimer({
    botId: turn.botId,
    turnId: lease.turnId,
    countsMax,
    virtualTime: shares.virtualTime,
    positions: positionsOf(turn),
    served: shares.served,
    busyChats: [...permits.busyChats(nowMs), ...queue.chats()],
    afterTenants: turn.afterTenants,
    lookahead: claimAhead.lookahead,
    takesInFlight: nowMs >= turn.graceUntilMs,
  })
  turn.afterTenants = claimed.afterTenants
  for (const delivery of claimed.deliveries) shares.recordTaken(delivery)
  for (const { id, isGroup, error } of claimed.unreadable) {
    ctx.log.error({ err: error, botId: turn.botId, deliveryId: id }, 'a delivery cannot be read and was set aside')
    ctx.settler.add(lease, { id, isGroup }, { result: 'failed', failure: makeFailure(notPreparable, new Date()) })
  }
  const composing = claimed.deliveries.flatMap((delivery) => enqueue(turn, delivery, nowMs) ?? [])
  if (composing.length > 0) await Promise.all(composing)
  planNextClaim(turn, claimed, nowMs)
}

/** Where the tenants of the lane are, with what of theirs is claimed already. */
function positionsOf({ shares, queue }: Turn): Map<string, TenantPosition> {
  const positions = new Map<string, TenantPosition>()
  for (const tenantId of shares.tenantIds()) {
    const waiting = queue.countOf(tenantId)
    const time = waiting > 0 ? shares.timeOf(tenantId) : shares.knownTimeOf(tenantId)
    const finishTime = time === undefined ? undefined : time + waiting / shares.weightOf(tenantId)
    positions.set(tenantId, { chatIds: shares.chatIdsOf(tenantId), finishTime })
  }
  return positions
}

/** A queue that is full still takes a few: whoever came late may be the next. */
function roomFor(turn: Turn, priority: number): number {
  const ahead = aheadOf(turn)
  const waiting = turn.queue.count(priority)
  return waiting <= ahead / 2 ? ahead - waiting : waiting < 2 * ahead ? Math.ceil(ahead / 4) : 0
}

function planNextClaim({ claimAhead, permits }: Turn, claimed: Claim, beganAtMs: number): void {
  const nowMs = performance.now()
  if (claimed.deliveries.length > 0) {
    claimAhead.lookahead = lookaheadMin
    claimAhead.hasTaken = true
    claimAhead.lastTakenAtMs = nowMs
    // Where all of it waits for one upload, so does the rest.
    const isHeldUp = claimAhead.awaitingUpload >= claimed.deliveries.length
    claimAhead.nextAtMs = nowMs + (isHeldUp ? uploadPollMs : pollEveryMs)
    claimAhead.dueAtMs = isHeldUp ? claimAhead.nextAtMs : undefined
  } else if (claimed.isAnyLocked) {
    // A longer look would find the same.
    claimAhead.dueAtMs = claimAhead.nextAtMs = nowMs + lockedForMs
  } else if (!claimed.isComplete && claimAhead.lookahead < lookaheadMax) {
    claimAhead.lookahead *= lookaheadGrowth
    claimAhead.nextAtMs = nowMs
  } else {
    const chatTimes = claimed.waitingChats.map((chatId) => Math.max(1, permits.chatFreeAt(chatId, nowMs) - nowMs))
    const dueInMs = Math.min(claimed.nextDueInMs ?? Infinity, ...chatTimes)
    const restMs = Math.min((nowMs - beganAtMs) / searchShare, keepForMs)
    claimAhead.dueAtMs = nowMs + dueInMs
    claimAhead.nextAtMs = nowMs + Math.max(Math.min(dueInMs, pollEveryMs), restMs)
  }
}
