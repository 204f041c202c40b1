import { type Claim, claimDeliveries, type ClaimedDelivery } from '@tellwire/db'
import { type Call, closeUploads, type NoCall, UploadUnderWay } from './call.js'
import { endUnsent, giveBack, refuse } from './decide.js'
import { priorities } from './lanes.js'
import { prepareCall } from './prepare-call.js'
import { retryForMs } from './retry-policy.js'
import { keepForMs, lookAgainMs, lookaheadMin, permitReturnMs, type Turn } from './turn.js'

/** Wake-ups that come faster than this are answered by one look, while there is something to send. */
const lookGapMs = { empty: 2, low: 15, full: 30 }
/** No more than this part of its time does a lane spend on looking for what is not due yet. */
const lookShare = 0.1
const lookaheadMax = 50_000
const lookaheadGrowth = 4
/** What a message needs could not be looked up. */
const prepareAgainMs = 1_000
/** Another delivery uploads its file. */
const uploadLookMs = 500

/** So many deliveries are claimed ahead: what the bot sends in a quarter of a second, within bounds. */
function aheadOf(rate: number): number {
  return Math.max(16, Math.min(250, Math.ceil(rate / 4)))
}

/** Claims what may leave soon, when it is time to: little is left, a wake-up came, or something is due. */
export function lookIfDue(turn: Turn, nowMs: number): void {
  const { look, queue, permits } = turn
  if (look.claiming) return
  const isLow = queue.size <= aheadOf(permits.rate) / 2
  if (look.isAskedFor) {
    const gapMs = queue.size === 0 ? lookGapMs.empty : isLow ? lookGapMs.low : lookGapMs.full
    look.nextAtMs = Math.min(look.nextAtMs, look.lastAtMs + gapMs)
  }
  if (isLow && look.dueAtMs === undefined) look.nextAtMs = Math.min(look.nextAtMs, nowMs)
  if (nowMs < look.nextAtMs) return

  // Nothing is claimed long before it can leave.
  const freeAtMs = permits.freeAt(nowMs)
  if (freeAtMs - nowMs > permitReturnMs / 2 && turn.calls.size === 0) {
    look.nextAtMs = freeAtMs - permitReturnMs / 4
    return
  }
  look.isAskedFor = false
  look.claiming = claim(turn, nowMs)
    .catch((error: unknown) => {
      look.failure = error instanceof Error ? error : new Error('claiming failed', { cause: error })
    })
    .finally(() => {
      look.claiming = undefined
      turn.news.fire()
    })
}

async function claim(turn: Turn, nowMs: number): Promise<void> {
  const { ctx, lease, look, queue, permits, shares, floods } = turn
  permits.rate = floods.rate(nowMs)
  permits.forget(nowMs)
  shares.forget(nowMs)
  look.lastAtMs = nowMs
  const claimed = await claimDeliveries(ctx.engine, {
    botId: turn.botId,
    turnId: lease.turnId,
    countsMax: Array.from({ length: priorities }, (_, priority) => roomFor(turn, priority)),
    virtualTimes: shares.virtualTimes,
    positions: shares.positions(),
    busyChats: [...permits.busyChats(nowMs), ...queue.chats()],
    afterTenants: turn.afterTenants,
    lookahead: look.lookahead,
  })
  turn.afterTenants = claimed.afterTenants
  shares.noteTaken(claimed.deliveries)
  await Promise.all(claimed.deliveries.flatMap((delivery) => enqueue(turn, delivery) ?? []))
  planNextLook(turn, claimed, nowMs)
}

/** A queue that is full still takes a few: whoever came late may be the next. */
function roomFor({ queue, permits }: Turn, priority: number): number {
  const ahead = aheadOf(permits.rate)
  const waiting = queue.count(priority)
  return waiting <= ahead / 2 ? ahead - waiting : waiting < 2 * ahead ? Math.ceil(ahead / 4) : 0
}

function planNextLook({ look, permits }: Turn, claimed: Claim, beganAtMs: number): void {
  const nowMs = performance.now()
  if (claimed.deliveries.length > 0) {
    look.lookahead = lookaheadMin
    look.dueAtMs = undefined
    look.lastTakenAtMs = nowMs
    look.nextAtMs = nowMs + lookAgainMs
  } else if (!claimed.isComplete && look.lookahead < lookaheadMax) {
    look.lookahead *= lookaheadGrowth
    look.nextAtMs = nowMs
  } else {
    const chatTimes = claimed.waitingChats.map((chatId) => Math.max(1, permits.chatFreeAt(chatId, nowMs) - nowMs))
    const dueInMs = Math.min(claimed.nextDueInMs ?? Infinity, ...chatTimes)
    const restMs = Math.min((nowMs - beganAtMs) / lookShare, keepForMs)
    look.dueAtMs = nowMs + dueInMs
    look.nextAtMs = nowMs + Math.max(Math.min(dueInMs, lookAgainMs), restMs)
  }
}

/** At once where the call needs no looking up, so that the order of the claim is kept. */
function enqueue(turn: Turn, delivery: ClaimedDelivery): Promise<void> | undefined {
  const { ctx, lease, botId, uploads } = turn
  const unsent = endUnsent(delivery)
  if (unsent) {
    if (unsent.result === 'unknown') ctx.metrics.unknown.inc({ cause: 'worker_died' })
    ctx.settler.add(lease, unsent)
    return undefined
  }
  const claimedAtMs = performance.now()
  try {
    const call = prepareCall({ ctx, botId, delivery, uploads })
    if (call instanceof Promise) {
      return call.then(
        (prepared) => add(turn, delivery, prepared, claimedAtMs),
        (error: unknown) => postpone(turn, delivery, error),
      )
    }
    add(turn, delivery, call, claimedAtMs)
  } catch (error) {
    postpone(turn, delivery, error)
  }
  return undefined
}

function add(turn: Turn, delivery: ClaimedDelivery, call: Call | NoCall, claimedAtMs: number): void {
  if ('failure' in call) {
    turn.ctx.settler.add(turn.lease, refuse(delivery, call.failure))
    return
  }
  const expiresAtMs = delivery.expiresInMs === null ? Infinity : claimedAtMs + delivery.expiresInMs
  turn.queue.add({ ...delivery, call, expiresAtMs })
  turn.news.fire()
}

/** Tried again soon; what cannot be prepared for as long as anything is tried fails. */
function postpone({ ctx, lease, botId, uploads }: Turn, delivery: ClaimedDelivery, error: unknown): void {
  closeUploads(uploads, delivery.id)
  if (error instanceof UploadUnderWay) {
    ctx.settler.add(lease, giveBack(delivery, uploadLookMs))
    return
  }
  ctx.log.warn({ err: error, botId, deliveryId: delivery.id }, 'a message could not be prepared')
  const isHopeless = delivery.ageMs > retryForMs
  const outcome = isHopeless
    ? refuse(delivery, { class: 'message', code: 'not_preparable' })
    : giveBack(delivery, prepareAgainMs)
  ctx.settler.add(lease, outcome)
}
