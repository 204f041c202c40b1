import type { ClaimedDelivery } from '@tellwire/db'
import { type MessageContent, readContent } from '@tellwire/domain'
import type { Call, NoCall } from '../compose/call.js'
import { composeCall } from '../compose/compose-call.js'
import type { LookUps } from '../compose/look-ups.js'
import { readLookUps } from '../compose/read-look-ups.js'
import { closeUploads, UploadUnderWay } from '../compose/uploads.js'
import { retryForMs } from '../outcome/retry-policy.js'
import { judgeUnsent, makeFailure, type Verdict } from '../outcome/verdict.js'
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
  const compose = (lookUps: LookUps): void => addComposed(turn, delivery, { content, lookUps, claimedAtMs })
  try {
    const lookUps = readLookUps({ db, files, templateVersions, botId, uploads }, delivery, content)
    if (lookUps instanceof Promise) {
      return lookUps.then(compose).catch((error: unknown) => postpone(turn, delivery, error))
    }
    compose(lookUps)
  } catch (error) {
    postpone(turn, delivery, error)
  }
  return undefined
}

interface Composing {
  content: MessageContent
  lookUps: LookUps
  claimedAtMs: number
}

function addComposed(turn: Turn, delivery: ClaimedDelivery, { content, lookUps, claimedAtMs }: Composing): void {
  const call: Call | NoCall = composeCall(delivery, content, lookUps, turn.ctx.planner)
  if ('failure' in call) {
    closeUploads(turn.uploads, delivery.id)
    turn.ctx.settler.add(turn.lease, delivery, { result: 'failed', failure: makeFailure(call.failure, new Date()) })
    return
  }
  const expiresAtMs = delivery.expiresInMs === null ? Infinity : claimedAtMs + delivery.expiresInMs
  turn.queue.add({ ...delivery, call, expiresAtMs })
  turn.wakeUp.fire()
}

/** Gives a delivery back that could not be composed, to be tried again; after a day of that it fails. */
function postpone({ ctx, lease, botId, uploads }: Turn, delivery: ClaimedDelivery, error: unknown): void {
  closeUploads(uploads, delivery.id)
  if (error instanceof UploadUnderWay) {
    ctx.settler.add(lease, delivery, { result: 'release', retryInMs: uploadPollMs })
    return
  }
  ctx.log.warn({ err: error, botId, deliveryId: delivery.id }, 'a message could not be composed')
  const notPreparable = { class: 'message', code: 'not_preparable' }
  const verdict: Verdict =
    delivery.ageMs > retryForMs
      ? { result: 'failed', failure: makeFailure(notPreparable, new Date()) }
      : { result: 'release', retryInMs: composeAgainMs }
  ctx.settler.add(lease, delivery, verdict)
}
