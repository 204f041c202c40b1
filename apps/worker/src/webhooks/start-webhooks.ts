import {
  type EndpointReference,
  dropDueWebhooks,
  findDueWebhooks,
  findWaitingEndpoints,
  type NewWebhook,
  nilUuid,
  readWebhookEndpoints,
  storeWebhooks,
} from '@tellwire/db'
import type { WorkerContext } from '../context.js'
import { createDuty } from '../duty.js'
import { every, type Repeating } from '../every.js'
import { judgeWebhookAnswer } from './judge-webhook-answer.js'
import { createWebhookPoster } from './post-webhook.js'
import { createAttemptRecorder } from './record-attempts.js'
import { createWebhookLog } from './webhook-log.js'
import { createWebhookQueue, type NextWebhook } from './webhook-queue.js'

/** How often it is looked for new events, and how often where nothing has happened for a while. */
const lookEveryMs = 100
const quietLookEveryMs = 400
const quietAfterMs = 5_000
/** How often it is looked for what is to be sent again, and how often the duty is taken anew, however long a look takes. */
const searchEveryMs = 1_000
/** Endpoints that one search looks at; the next one goes on from there. */
const searchedMax = 500
/** A worker that sends and dies is followed after so long. */
const dutyLeaseMs = 3_000
/** The database's clock and this machine's may run apart by this much in the time of one lease. */
const clockMarginMs = 500
/** One statement stores so many. */
const storedMax = 1_000
/** While more is to be stored, nothing new is read. */
const unstoredMax = 10_000

const nothingDue = { webhooks: [], withoutEvent: [] }
const firstEndpoint: EndpointReference = { tenantId: nilUuid, endpointId: nilUuid }

/**
 * Sends events to webhooks. One worker of all does so, and the others stand by: what it had under way when it died is sent
 * again. New events are sent as they are read from the log, and nothing is written of them before. What an endpoint does not
 * take at once is stored, and what is due of that is read ahead a little; what is to be sent again, or was found by nobody,
 * is searched for once a second.
 */
export function startWebhooks(ctx: WorkerContext): Repeating {
  const { engine, log } = ctx
  const duty = createDuty(ctx, { name: 'webhooks', leaseMs: dutyLeaseMs })
  const isOnDuty = (): boolean => performance.now() < duty.untilMs - clockMarginMs
  const queue = createWebhookQueue(() => performance.now())
  const events = createWebhookLog(engine)
  const post = createWebhookPoster(ctx.webhooks)
  const sending = new Set<Promise<void>>()
  const record = createAttemptRecorder(ctx, () => ctx.stopping.aborted || isAnothers)
  let hasMore = false
  let unstored: NewWebhook[] = []
  let readAtMs = 0
  let happenedAtMs = 0
  let searchAtMs = 0
  let searchedTo = firstEndpoint
  /** A look has failed, or somebody else had the duty: what is known here may not be so any more. */
  let isUnsure = false
  /** Somebody else has the duty, and sends again what is not recorded. */
  let isAnothers = false
  let pause: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined

  /** What cannot be stored is kept here for a while: one endpoint that its owner is changing keeps nobody else's events back. */
  const mayRead = (): boolean => queue.freeCount() > 0 && unstored.length <= unstoredMax

  const readWhatIsNew = async (): Promise<void> => {
    if (!mayRead()) return
    const read = await events.read(queue.freeCount())
    queue.offer(read.webhooks)
    hasMore = read.hasMore
    if (read.webhooks.length > 0) happenedAtMs = performance.now()
  }

  const storeWhatIsLeft = async (): Promise<void> => {
    unstored = unstored.concat(queue.takeLeft())
    const busy: NewWebhook[] = []
    while (unstored.length > 0 && isOnDuty()) {
      const some = unstored.slice(0, storedMax)
      const busyIds = await storeWebhooks(engine, some)
      unstored = unstored.slice(storedMax)
      for (const webhook of some) {
        if (busyIds.has(webhook.endpointId)) {
          busy.push(webhook)
          continue
        }
        queue.want([{ tenantId: webhook.event.tenantId, endpointId: webhook.endpointId }])
        events.done(webhook)
      }
    }
    unstored = unstored.concat(busy)
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
    const [endpoints, { webhooks, withoutEvent }] = await Promise.all([
      readWebhookEndpoints(engine, rooms),
      wanted.length === 0 ? nothingDue : findDueWebhooks(engine, { rooms: wanted, held: queue.heldIds() }),
    ])
    queue.add(rooms, endpoints, webhooks)
    if (withoutEvent.length === 0) return
    await dropDueWebhooks(engine, withoutEvent)
    // Behind them there may be more.
    queue.want(withoutEvent)
  }

  const send = async (next: NextWebhook): Promise<void> => {
    const { webhook, endpoint } = next
    const answer = await post(next)
    const { outcome, retryInMs, isGone, pauseMs } = judgeWebhookAnswer(answer, webhook.attempts, Math.random())
    const { status, failure, latencyMs, text } = answer
    queue.answered(next, isGone, pauseMs)
    sendSoon()
    const isRecorded = await record({
      id: webhook.id,
      tenantId: endpoint.tenantId,
      endpointId: endpoint.id,
      eventXid: webhook.event.xid,
      eventId: webhook.eventId,
      eventType: webhook.event.type,
      url: endpoint.url,
      attempts: webhook.attempts,
      outcome,
      retryInMs,
      isGone,
      status,
      failure,
      latencyMs,
      answer: text?.replaceAll('\0', ''),
    })
    if (isRecorded) events.done(webhook)
    queue.settled(next)
    sendSoon()
  }

  const sendAll = (): void => {
    while (!ctx.stopping.aborted && isOnDuty()) {
      const next = queue.next()
      if (!next) break
      const done = send(next).finally(() => sending.delete(done))
      sending.add(done)
    }
    if (queue.isLow() || (hasMore && mayRead())) looking.soon()
    const pauseMs = queue.pauseMs()
    clearTimeout(pause)
    const maySend = isOnDuty() && !ctx.stopping.aborted
    if (pauseMs !== undefined && maySend) pause = setTimeout(sendAll, pauseMs)
  }

  /** Once for all answers of a moment. */
  const sendSoon = (): void => {
    soon ??= setImmediate(() => {
      soon = undefined
      sendAll()
    })
  }

  /** What is read next is read from the place that is written, by this process or by another. What is under way goes on. */
  const beginAnew = (): void => {
    isUnsure = false
    queue.clear()
    events.reset()
    unstored = []
    hasMore = false
  }

  const keeping = every(searchEveryMs, ctx, 'the duty of the webhooks', async () => {
    isAnothers = !(await duty.take())
    isUnsure ||= isAnothers
  })

  const look = async (): Promise<void> => {
    const nowMs = performance.now()
    if (isUnsure) beginAnew()
    if (!isOnDuty()) return
    if (nowMs >= searchAtMs) {
      searchAtMs = nowMs + searchEveryMs
      await search()
    }
    if (hasMore || nowMs >= readAtMs) {
      readAtMs = nowMs + (nowMs - happenedAtMs > quietAfterMs ? quietLookEveryMs : lookEveryMs)
      await readWhatIsNew()
    }
    await storeWhatIsLeft()
    await readAhead()
    sendAll()
    await events.save()
  }

  const looking = every(lookEveryMs, ctx, 'webhooks', async () => {
    try {
      await look()
    } catch (error) {
      // It may be another database that answers now, which has lost the last of what was read.
      isUnsure = true
      throw error
    }
  })

  return {
    async stop() {
      await looking.stop()
      clearTimeout(pause)
      // Until then nobody else is to send what is under way.
      await Promise.all(sending)
      await keeping.stop()
      await events.save().catch((error: unknown) => log.warn({ err: error }, 'the place in the log was not written'))
      await duty.leave()
    },
  }
}
