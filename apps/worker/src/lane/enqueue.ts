import { setTimeout as delay } from 'node:timers/promises'
import type { ClaimedDelivery } from '@tellwire/db'
import { BudgetExceeded, readContent, isRich } from '@tellwire/domain'
import { type Call, type NoCall, noCall } from '../compose/call.js'
import { composeCall } from '../compose/compose-call.js'
import type { LookUps } from '../compose/look-ups.js'
import type { Prepared } from '../compose/prepare.js'
import { readLookUps } from '../compose/read-look-ups.js'
import { closeUploads, UploadUnderWay } from '../compose/uploads.js'
import { isGivenUp, retryDelayMs } from '../outcome/retry-policy.js'
import { judgeNoCall, judgeUnsent, makeFailure, notPreparable, type Verdict } from '../outcome/verdict.js'
import { strikesMax, suspectDelayMs } from './suspects.js'
import { uploadPollMs } from './timing.js'
import type { Turn } from './turn.js'

/**
 * Queues a claimed delivery with its call: at once where that needs no looking up, so that the order of the claim is
 * kept. What a worker had when it died is handled apart, and waited for by nobody: it may have died of it.
 * @param askedAtMs when the claim was asked for: it knows of nothing that was cancelled or paused later.
 */
export function enqueue(turn: Turn, delivery: ClaimedDelivery, askedAtMs: number): Promise<void> | undefined {
  const { ctx, botId } = turn
  if (delivery.wasInFlight && ctx.settler.takeOver(turn.lease, delivery.id)) return undefined
  const verdict = judgeUnsent(delivery, new Date())
  if (verdict) {
    const { id: deliveryId, tenantId } = delivery
    if (delivery.strikes >= strikesMax) {
      ctx.log.error(
        { botId, tenantId, deliveryId },
        'workers died of a delivery, or were not done with it in time, and it was set aside',
      )
    }
    ctx.settler.add(turn.lease, delivery, verdict)
    return undefined
  }
  if (!delivery.wasClaimed && delivery.strikes === 0) return compose(turn, delivery, { askedAtMs, isSuspect: false })
  turn.suspects.set(delivery, undefined)
  void composeApart(turn, delivery, askedAtMs)
  return undefined
}

async function composeApart(turn: Turn, delivery: ClaimedDelivery, askedAtMs: number): Promise<void> {
  const { suspects } = turn.ctx
  await delay(suspectDelayMs)
  // A turn that has ended meanwhile has given it back.
  if (!turn.suspects.has(delivery)) return
  const isWanted = (): boolean => turn.suspects.has(delivery) && !turn.ctx.lanes.wasWithdrawn(delivery, askedAtMs)
  const mayBeHandled = await suspects.enter(delivery, isWanted)
  if (!turn.suspects.has(delivery)) {
    if (mayBeHandled) suspects.leave(delivery.id)
    return
  }
  if (mayBeHandled) {
    const composing = Promise.resolve(compose(turn, delivery, { askedAtMs, isSuspect: true }))
    turn.suspects.set(delivery, composing)
    await composing
  } else {
    turn.ctx.settler.add(turn.lease, delivery, { result: 'release', isUntouched: true })
  }
  turn.suspects.delete(delivery)
}

function compose(
  turn: Turn,
  delivery: ClaimedDelivery,
  { askedAtMs, isSuspect }: { askedAtMs: number; isSuspect: boolean },
): Promise<void> | undefined {
  const { ctx, botId, uploads } = turn
  const { db, files, templateVersions } = ctx
  const senders = turn.lease.terms.isShared ? ctx.tenantNames : undefined
  const content = readContent(delivery.kind === 'reply' ? null : delivery.content)
  const prepare = (lookUps: LookUps): void | Promise<void> => {
    const prepared = ctx.preparer.prepare(delivery, content, lookUps)
    const add = (prepared: Prepared): void => addComposed(turn, delivery, { lookUps, prepared, askedAtMs })
    return prepared instanceof Promise ? prepared.then(add) : add(prepared)
  }
  const tryAndPrepare = async (lookUps: LookUps): Promise<void> => {
    const end = await ctx.trials.attempt({ delivery, content, lookUps })
    if (end === 'died') throw new Deadly()
    if (end === 'undecided') throw new Undecided()
    await prepare(lookUps)
  }
  try {
    const lookUps = readLookUps({ db, files, templateVersions, botId, uploads, senders }, delivery, content)
    const go = isSuspect ? tryAndPrepare : prepare
    const composed = lookUps instanceof Promise ? lookUps.then(go) : go(lookUps)
    return composed?.catch((error: unknown) => setAside(turn, delivery, error))
  } catch (error) {
    setAside(turn, delivery, error)
    return undefined
  }
}

interface Composing {
  lookUps: LookUps
  prepared: Prepared
  askedAtMs: number
}

function addComposed(turn: Turn, delivery: ClaimedDelivery, { lookUps, prepared, askedAtMs }: Composing): void {
  if (turn.ctx.lanes.wasWithdrawn(delivery, askedAtMs)) {
    closeUploads(turn.uploads, delivery.id)
    turn.ctx.settler.add(turn.lease, delivery, { result: 'release', isUntouched: true })
    return
  }
  const composed = composeCall(delivery, lookUps, prepared)
  // A server that does not know rich messages is not asked each time.
  const rich = 'method' in composed ? composed.droppable.find(isRich) : undefined
  const call: Call | NoCall =
    rich !== undefined && turn.ctx.richSupport.isMissing(turn.botId) ? noCall('rich_unsupported', rich) : composed
  if ('failure' in call) {
    closeUploads(turn.uploads, delivery.id)
    turn.ctx.settler.add(turn.lease, delivery, judgeNoCall(delivery, call, new Date()))
    return
  }
  const expiresAtMs = delivery.expiresInMs === null ? Infinity : askedAtMs + delivery.expiresInMs
  turn.queue.add(Object.assign(delivery, { call, expiresAtMs }))
  turn.stepper.wake()
}

/** A process in which the delivery was tried has died of it. */
class Deadly extends Error {
  override readonly name = 'Deadly'
}

/** A process in which the delivery was tried was not done with it in time: so it may be where a machine has too much to do. */
class Undecided extends Error {
  override readonly name = 'Undecided'
}

/** What comes of how a message is made, and not of the moment: it would come again. */
const lasting = [Deadly, TypeError, RangeError, SyntaxError]
const undecidedPauseMs = 5_000
/** A message that takes more than its budget, which it did not when it was accepted, fails when it was tried so often, for whatever reason. */
const overBudgetTriesMax = 5

/**
 * Gives a delivery back that could not be composed, to be tried again, for a day. One that can never
 * be composed fails at once, and one that takes more than it may after a few tries.
 */
function setAside({ ctx, lease, botId, uploads, claimAhead }: Turn, delivery: ClaimedDelivery, error: unknown): void {
  closeUploads(uploads, delivery.id)
  if (error instanceof UploadUnderWay) {
    claimAhead.awaitingUpload++
    ctx.settler.add(lease, delivery, { result: 'release', retryInMs: uploadPollMs })
    return
  }
  if (error instanceof Undecided) {
    // Its strike stays: the third time it is set aside. A machine that has too much to do has a moment to recover.
    const retryInMs = undecidedPauseMs * 4 ** delivery.strikes
    ctx.settler.add(lease, delivery, { result: 'release', isUntouched: true, retryInMs })
    return
  }
  const isLasting =
    lasting.some((kind) => error instanceof kind) ||
    (error instanceof BudgetExceeded && delivery.attempts >= overBudgetTriesMax - 1)
  const { id: deliveryId, tenantId } = delivery
  if (isLasting) ctx.log.error({ err: error, botId, tenantId, deliveryId }, 'a delivery was set aside')
  else ctx.log.warn({ err: error, botId, deliveryId }, 'a message could not be composed')
  const verdict: Verdict =
    isGivenUp(delivery) || isLasting
      ? { result: 'failed', failure: makeFailure(notPreparable, new Date()) }
      : { result: 'retry', retryInMs: retryDelayMs(delivery.attempts) }
  ctx.settler.add(lease, delivery, verdict)
}
