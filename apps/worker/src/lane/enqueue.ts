import type { ClaimedDelivery } from '@tellwire/db'
import { BudgetExceeded, readContent } from '@tellwire/domain'
import type { Call, NoCall } from '../compose/call.js'
import { composeCall } from '../compose/compose-call.js'
import type { LookUps } from '../compose/look-ups.js'
import type { Prepared } from '../compose/prepare.js'
import { readLookUps } from '../compose/read-look-ups.js'
import { closeUploads, UploadUnderWay } from '../compose/uploads.js'
import { retryForMs } from '../outcome/retry-policy.js'
import { judgeUnsent, makeFailure, notPreparable, type Verdict } from '../outcome/verdict.js'
import type { Turn } from './turn.js'

/** How soon a message is composed again whose look-ups failed. */
const composeAgainMs = 1_000
/** How soon a message is composed again whose file another delivery is uploading. */
const uploadPollMs = 500

/** Queues a claimed delivery with its call: at once where that needs no looking up, so that the order of the claim is kept. */
export function enqueue(turn: Turn, delivery: ClaimedDelivery): Promise<void> | undefined {
  const verdict = judgeUnsent(delivery, new Date())
  if (verdict) {
    turn.ctx.settler.add(turn.lease, delivery, verdict)
    return undefined
  }
  const { ctx, botId, uploads } = turn
  const { db, files, templateVersions } = ctx
  const claimedAtMs = performance.now()
  const content = readContent(delivery.kind === 'reply' ? null : delivery.content)
  const compose = (lookUps: LookUps): void | Promise<void> => {
    const prepared = ctx.preparer.prepare(delivery, content, lookUps)
    const add = (prepared: Prepared): void => addComposed(turn, delivery, { lookUps, prepared, claimedAtMs })
    return prepared instanceof Promise ? prepared.then(add) : add(prepared)
  }
  try {
    const lookUps = readLookUps({ db, files, templateVersions, botId, uploads }, delivery, content)
    const composed = lookUps instanceof Promise ? lookUps.then(compose) : compose(lookUps)
    return composed?.catch((error: unknown) => setAside(turn, delivery, error))
  } catch (error) {
    setAside(turn, delivery, error)
    return undefined
  }
}

interface Composing {
  lookUps: LookUps
  prepared: Prepared
  claimedAtMs: number
}

function addComposed(turn: Turn, delivery: ClaimedDelivery, { lookUps, prepared, claimedAtMs }: Composing): void {
  const call: Call | NoCall = composeCall(delivery, lookUps, prepared)
  if ('failure' in call) {
    closeUploads(turn.uploads, delivery.id)
    turn.ctx.settler.add(turn.lease, delivery, { result: 'failed', failure: makeFailure(call.failure, new Date()) })
    return
  }
  const expiresAtMs = delivery.expiresInMs === null ? Infinity : claimedAtMs + delivery.expiresInMs
  turn.queue.add({ ...delivery, call, expiresAtMs })
  turn.wakeUp.fire()
}

/**
 * Gives a delivery back that could not be composed, to be tried again; after a day of that it fails. One that takes
 * more than its budget fails at once: it would take as much again.
 */
function setAside({ ctx, lease, botId, uploads }: Turn, delivery: ClaimedDelivery, error: unknown): void {
  closeUploads(uploads, delivery.id)
  if (error instanceof UploadUnderWay) {
    ctx.settler.add(lease, delivery, { result: 'release', retryInMs: uploadPollMs })
    return
  }
  ctx.log.warn({ err: error, botId, deliveryId: delivery.id }, 'a message could not be composed')
  const verdict: Verdict =
    delivery.ageMs > retryForMs || error instanceof BudgetExceeded
      ? { result: 'failed', failure: makeFailure(notPreparable, new Date()) }
      : { result: 'release', retryInMs: composeAgainMs }
  ctx.settler.add(lease, delivery, verdict)
}
