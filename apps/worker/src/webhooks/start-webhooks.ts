import {
  enqueueWebhooks,
  findDueWebhooks,
  type DueWebhook,
  leaveDuty,
  newId,
  readEventGate,
  settleWebhooks,
  takeDuty,
  type WebhookAttemptToSettle,
} from '@tellwire/db'
import type { WorkerContext } from '../context.js'
import { every, type Repeating } from '../every.js'
import { createBatcher } from '../lane/batcher.js'
import { judgeWebhookAnswer } from './judge-webhook-answer.js'
import { postWebhook } from './post-webhook.js'

const lookEveryMs = 100
/** A worker that sends and dies is followed after so long. */
const dutyLeaseMs = 3_000
const requestsMax = 300

/**
 * Sends events to webhooks. One worker of all does so, and the others stand by: what it had under way when it died is sent
 * again. Of each endpoint so many requests are under way as it wants, so that a slow one holds up nobody else.
 */
export function startWebhooks(ctx: WorkerContext): Repeating {
  const { engine, log } = ctx
  const duty = { name: 'webhooks', holderId: newId(), leaseMs: dutyLeaseMs }
  const sending = new Map<string, { endpointId: string; done: Promise<void> }>()
  const lastSentAtMs = new Map<string, number>()
  const settle = createBatcher({
    countMax: 200,
    run: async (attempts: readonly WebhookAttemptToSettle[]) => {
      await settleWebhooks(engine, attempts)
      return attempts
    },
  })
  let lastGate = ''

  const enqueueWhatIsNew = async (): Promise<void> => {
    const { xmin } = await readEventGate(engine)
    if (String(xmin) === lastGate) return
    for (let hasMore = true; hasMore && !ctx.stopping.aborted;) ({ hasMore } = await enqueueWebhooks(engine))
    lastGate = String(xmin)
  }

  const send = async (webhook: DueWebhook): Promise<void> => {
    const answer = await postWebhook(ctx.webhooks, webhook)
    const { outcome, retryInMs, isGone } = webhook.event
      ? judgeWebhookAnswer(answer, webhook.attempts, Math.random())
      : { outcome: 'given_up' as const, retryInMs: undefined, isGone: false }
    const { status, failure, latencyMs, text } = answer
    await settle({
      id: webhook.id,
      outcome,
      retryInMs,
      isGone,
      eventType: webhook.event?.type ?? '',
      status,
      failure,
      latencyMs,
      answer: text?.replaceAll('\0', ''),
    })
  }

  const mayBeSent = ({ id, endpoint }: DueWebhook): boolean => {
    if (sending.has(id) || sending.size >= requestsMax) return false
    const underWay = [...sending.values()].filter(({ endpointId }) => endpointId === endpoint.id).length
    if (underWay >= endpoint.concurrency) return false
    if (endpoint.rate === null) return true
    const nowMs = performance.now()
    if (nowMs - (lastSentAtMs.get(endpoint.id) ?? -Infinity) < 1_000 / endpoint.rate) return false
    lastSentAtMs.set(endpoint.id, nowMs)
    return true
  }

  const looking = every(lookEveryMs, ctx, 'webhooks', async () => {
    if (!(await takeDuty(engine, duty))) return
    await enqueueWhatIsNew()
    if (sending.size >= requestsMax) return
    const due = await findDueWebhooks(engine, { underWay: [...sending.keys()], countMax: requestsMax })
    for (const webhook of due) {
      if (!mayBeSent(webhook) || ctx.stopping.aborted) continue
      const done = send(webhook)
        .catch((error: unknown) => log.warn({ err: error }, 'what became of a webhook was not recorded'))
        .finally(() => {
          sending.delete(webhook.id)
          // Whatever waits behind it need not wait for the next look.
          looking.soon()
        })
      sending.set(webhook.id, { endpointId: webhook.endpoint.id, done })
    }
  })

  return {
    async stop() {
      await looking.stop()
      await Promise.all([...sending.values()].map(({ done }) => done))
      await leaveDuty(engine, duty).catch((error: unknown) => log.warn({ err: error }, 'the webhooks were not left'))
    },
  }
}
