import { setTimeout as delay } from 'node:timers/promises'
import {
  type DueWebhook,
  type EndpointReference,
  findDueWebhooks,
  findWaitingEndpoints,
  leaveDuty,
  newId,
  type NewWebhook,
  nilUuid,
  readWebhookEndpoints,
  settleWebhooks,
  storeWebhooks,
  takeDuty,
  type WebhookAttemptToSettle,
} from '@tellwire/db'
import type { WorkerContext } from '../context.js'
import { every, type Repeating } from '../every.js'
import { createBatcher } from '../lane/batcher.js'
import { judgeWebhookAnswer } from './judge-webhook-answer.js'
import { createWebhookPoster } from './post-webhook.js'
import { createWebhookLog } from './webhook-log.js'
import { createWebhookQueue, type NextWebhook } from './webhook-queue.js'

/** How often it is looked for new events, and how often where nothing has happened for a while. */
const lookEveryMs = 100
const quietLookEveryMs = 400
const quietAfterMs = 5_000
/** How often it is looked for what is to be sent again, and the duty taken anew. */
const searchEveryMs = 1_000
/** Endpoints that one search looks at; the next one goes on from there. */
const searchedMax = 500
/** A worker that sends and dies is followed after so long. */
const dutyLeaseMs = 3_000
/** The database's clock and this machine's may run apart by this much in the time of one lease. */
const clockMarginMs = 500
const settleAgainMs = 500

const firstEndpoint: EndpointReference = { tenantId: nilUuid, endpointId: nilUuid }

/**
 * Sends events to webhooks. One worker of all does so, and the others stand by: what it had under way when it died is sent
 * again. New events are sent as they are read from the log, and nothing is written of them before. What an endpoint does not
 * take at once is stored, and what is due of that is read ahead a little; what is to be sent again, or was found by nobody,
 * is searched for once a second.
 */
export function startWebhooks(ctx: WorkerContext): Repeating {
  const { engine, log } = ctx
  const duty = { name: 'webhooks', holderId: newId(), leaseMs: dutyLeaseMs }
  const queue = createWebhookQueue(() => performance.now())
  const events = createWebhookLog(engine)
  const post = createWebhookPoster(ctx.webhooks)
  const sending = new Set<Promise<void>>()
  const settle = createBatcher({
    countMax: 500,
    run: async (attempts: readonly WebhookAttemptToSettle[]) => {
      await settleWebhooks(engine, attempts)
      return attempts
    },
  })
  let hasMore = false
  let unstored: NewWebhook[] = []
  let readAtMs = 0
  let happenedAtMs = 0
  let searchAtMs = 0
  let searchedTo = firstEndpoint
  let onDutyUntilMs = 0
  /** Somebody else has the duty, and sends again what is not recorded. */
  let isAnothers = false
  let pause: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined

  const readWhatIsNew = async (): Promise<void> => {
    const countMax = queue.freeCount()
    if (countMax === 0 || unstored.length > 0) return
    const read = await events.read(countMax)
    queue.offer(read.webhooks)
    hasMore = read.hasMore
    if (read.webhooks.length > 0) happenedAtMs = performance.now()
  }

  const storeWhatIsLeft = async (): Promise<void> => {
    unstored.push(...queue.takeLeft())
    if (unstored.length === 0) return
    await storeWebhooks(engine, unstored)
    queue.want(unstored.map(({ endpointId, event: { tenantId } }) => ({ tenantId, endpointId })))
    for (const webhook of unstored) events.done(webhook)
    unstored = []
  }

  const search = async (): Promise<void> => {
    const waiting = await findWaitingEndpoints(engine, { after: searchedTo, countMax: searchedMax })
    queue.want(waiting.filter(({ isDue }) => isDue))
    searchedTo = waiting.length === searchedMax ? (waiting.at(-1) ?? firstEndpoint) : firstEndpoint
  }

  const readAhead = async (): Promise<void> => {
    const rooms = queue.findRooms()
    if (rooms.length === 0) return
    const wanted = rooms.filter(({ count }) => count > 0)
    const [endpoints, webhooks] = await Promise.all([
      readWebhookEndpoints(engine, rooms),
      wanted.length === 0 ? [] : findDueWebhooks(engine, { rooms: wanted, held: queue.heldIds() }),
    ])
    queue.add(rooms, endpoints, webhooks)
  }

  /** What cannot be recorded stays known, and in time nothing else is sent: it would be sent again and again. */
  const settleStubbornly = async (webhook: DueWebhook, attempt: WebhookAttemptToSettle): Promise<void> => {
    for (;;) {
      try {
        await settle(attempt)
        events.done(webhook)
        return
      } catch (error) {
        log.warn({ err: error }, 'what became of a webhook was not recorded')
        if (ctx.stopping.aborted || isAnothers) return
        await delay(settleAgainMs)
      }
    }
  }

  const send = async (next: NextWebhook): Promise<void> => {
    const { webhook, endpoint } = next
    const answer = await post(next)
    const { outcome, retryInMs, isGone } = webhook.event
      ? judgeWebhookAnswer(answer, webhook.attempts, Math.random())
      : { outcome: 'given_up' as const, retryInMs: undefined, isGone: false }
    const { status, failure, latencyMs, text } = answer
    queue.answered(next, isGone)
    sendSoon()
    await settleStubbornly(webhook, {
      id: webhook.id,
      tenantId: endpoint.tenantId,
      endpointId: endpoint.id,
      eventXid: webhook.event?.xid,
      eventId: webhook.eventId,
      eventType: webhook.event?.type ?? '',
      attempts: webhook.attempts,
      outcome,
      retryInMs,
      isGone,
      status,
      failure,
      latencyMs,
      answer: text?.replaceAll('\0', ''),
    })
    queue.settled(next)
    sendSoon()
  }

  const sendAll = (): void => {
    while (!ctx.stopping.aborted && performance.now() < onDutyUntilMs) {
      const next = queue.next()
      if (!next) break
      const done = send(next).finally(() => sending.delete(done))
      sending.add(done)
    }
    if (queue.isLow() || (hasMore && queue.freeCount() > 0)) looking.soon()
    const pauseMs = queue.pauseMs()
    clearTimeout(pause)
    if (pauseMs !== undefined && !ctx.stopping.aborted) pause = setTimeout(sendAll, pauseMs)
  }

  /** Once for all answers of a moment. */
  const sendSoon = (): void => {
    soon ??= setImmediate(() => {
      soon = undefined
      sendAll()
    })
  }

  /** Another has the duty, and reads from the place that is written. */
  const leave = (): void => {
    queue.clear()
    events.reset()
    unstored = []
    hasMore = false
  }

  const looking = every(lookEveryMs, ctx, 'webhooks', async () => {
    const nowMs = performance.now()
    if (nowMs >= searchAtMs) {
      searchAtMs = nowMs + searchEveryMs
      const isMine = await takeDuty(engine, duty)
      isAnothers = !isMine
      onDutyUntilMs = isMine ? nowMs + dutyLeaseMs - clockMarginMs : 0
      if (isMine) await search()
      else leave()
    }
    if (nowMs >= onDutyUntilMs) return
    if (hasMore || nowMs >= readAtMs) {
      readAtMs = nowMs + (nowMs - happenedAtMs > quietAfterMs ? quietLookEveryMs : lookEveryMs)
      await readWhatIsNew()
    }
    await storeWhatIsLeft()
    await readAhead()
    sendAll()
    await events.save()
  })

  return {
    async stop() {
      await looking.stop()
      clearTimeout(pause)
      await Promise.all(sending)
      await events.save().catch((error: unknown) => log.warn({ err: error }, 'the place in the log was not written'))
      await leaveDuty(engine, duty).catch((error: unknown) => log.warn({ err: error }, 'the webhooks were not left'))
    },
  }
}
