import { type Claim, claimDeliveries } from '@tellwire/db'
import { makeFailure, notPreparable } from '../outcome/verdict.js'
import { enqueue } from './enqueue.js'
import { priorityCount } from './lanes.js'
import { keepForMs, lookaheadMin, permitReturnMs, pollEveryMs, type Turn } from './turn.js'

/** Wake-ups that come faster than this are answered by one claim, while there is something to send. */
const gapsMs = { empty: 2, low: 15, full: 30 }
/** The largest part of its time that a lane spends on looking for what is not due yet. */
const searchShare = 0.1
const lookaheadMax = 50_000
const lookaheadGrowth = 4

/** How many deliveries are claimed ahead: as many as the bot sends in a quarter of a second, within bounds. */
function aheadOf(rate: number): number {
  return Math.max(16, Math.min(250, Math.ceil(rate / 4)))
}

/** Claims deliveries that may leave soon, when it is time to: few are left, a wake-up came, or something is due. */
export function claimAheadIfDue(turn: Turn, nowMs: number): void {
  const { claimAhead, queue, permits } = turn
  if (claimAhead.claiming) return
  const isLow = queue.size <= aheadOf(permits.rate) / 2
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
  claimAhead.isAskedFor = false
  claimAhead.claiming = claim(turn, nowMs)
    .catch((error: unknown) => {
      claimAhead.failure = error instanceof Error ? error : new Error('claiming failed', { cause: error })
    })
    .finally(() => {
      claimAhead.claiming = undefined
      turn.wakeUp.fire()
    })
}

async function claim(turn: Turn, nowMs: number): Promise<void> {
  const { ctx, lease, claimAhead, queue, permits, shares, floods } = turn
  permits.rate = floods.rate(nowMs)
  permits.forget(nowMs)
  shares.forget(nowMs)
  claimAhead.lastAtMs = nowMs
  const claimed = await claimDeliveries(ctx.claiming, {
    botId: turn.botId,
    turnId: lease.turnId,
    countsMax: Array.from({ length: priorityCount }, (_, priority) => roomFor(turn, priority)),
    virtualTimes: shares.virtualTimes,
    positions: shares.positions(),
    busyChats: [...permits.busyChats(nowMs), ...queue.chats()],
    afterTenants: turn.afterTenants,
    lookahead: claimAhead.lookahead,
  })
  turn.afterTenants = claimed.afterTenants
  shares.recordTaken(claimed.deliveries)
  for (const { id, isGroup, error } of claimed.unreadable) {
    ctx.log.error({ err: error, botId: turn.botId, deliveryId: id }, 'a delivery cannot be read and was set aside')
    ctx.settler.add(lease, { id, isGroup }, { result: 'failed', failure: makeFailure(notPreparable, new Date()) })
  }
  await Promise.all(claimed.deliveries.flatMap((delivery) => enqueue(turn, delivery) ?? []))
  planNextClaim(turn, claimed, nowMs)
}

/** A queue that is full still takes a few: whoever came late may be the next. */
function roomFor({ queue, permits }: Turn, priority: number): number {
  const ahead = aheadOf(permits.rate)
  const waiting = queue.count(priority)
  return waiting <= ahead / 2 ? ahead - waiting : waiting < 2 * ahead ? Math.ceil(ahead / 4) : 0
}

function planNextClaim({ claimAhead, permits }: Turn, claimed: Claim, beganAtMs: number): void {
  const nowMs = performance.now()
  if (claimed.deliveries.length > 0) {
    claimAhead.lookahead = lookaheadMin
    claimAhead.dueAtMs = undefined
    claimAhead.lastTakenAtMs = nowMs
    claimAhead.nextAtMs = nowMs + pollEveryMs
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
