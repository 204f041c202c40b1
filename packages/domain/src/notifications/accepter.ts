import { acceptNotifications, type Acceptance, type AcceptRequest, type Pool } from '@tellwire/db'
import { AdvanceBroadcast, DrainLane, type Waker } from '@tellwire/jobs'
import { Refusal } from '../refusal.js'

/** Notifications and recipients of one statement. One request is never split, however large. */
const batchSizeMax = 256
const statementsMax = 2
const waitingMax = 10_000
const waitingCharactersMax = 64 * 1024 * 1024
const lockNotAvailable = '55P03'

/** Commits notifications that arrive at the same time together. */
export interface Accepter {
  /**
   * When it resolves, what is `accepted` is on disk. In the order of the request's notifications.
   * @throws `service_unavailable` when too many wait already; nothing of that request was accepted.
   */
  accept(request: AcceptRequest): Promise<Acceptance[]>
}

interface Waiting {
  request: AcceptRequest
  size: number
  characters: number
  resolve: (acceptances: Acceptance[]) => void
  reject: (error: unknown) => void
}

/**
 * While two statements run, what arrives is collected; it leaves with the next. So a lone request never
 * waits, and under load one commit serves many.
 */
export function createAccepter(engine: Pool, waker: Waker): Accepter {
  const waiting: Waiting[] = []
  let waitingSize = 0
  let waitingCharacters = 0
  let running = 0

  const nextBatch = (): Waiting[] => {
    let size = 0
    const count = waiting.findIndex((entry) => (size += entry.size) > batchSizeMax)
    const batch = waiting.splice(0, count === -1 ? waiting.length : Math.max(1, count))
    for (const entry of batch) {
      waitingSize -= entry.size
      waitingCharacters -= entry.characters
    }
    return batch
  }

  const store = async (batch: Waiting[]): Promise<void> => {
    const requests = batch.map(({ request }) => request)
    try {
      const acceptances = await acceptNotifications(engine, requests)
      wake(waker, requests, acceptances)
      for (const { request, resolve } of batch)
        resolve(
          request.notifications.flatMap(({ id }) => {
            const acceptance = acceptances.get(id)
            return acceptance ? [acceptance] : []
          }),
        )
    } catch (error) {
      // What the database has against one request is no reason to refuse the others.
      if (batch.length > 1 && isAboutTheRows(error)) for (const entry of batch) await store([entry])
      else for (const { reject } of batch) reject(toAnswer(error))
    }
  }

  const flush = async (): Promise<void> => {
    running++
    await store(nextBatch())
    running--
    flushIfFree()
  }

  const flushIfFree = (): void => {
    if (waiting.length > 0 && running < statementsMax) void flush()
  }

  return {
    accept(request) {
      const size = sizeOf(request)
      const characters = request.notifications.reduce((sum, { content }) => sum + content.text.length, 0)
      const isFull = waitingSize + size > waitingMax || waitingCharacters + characters > waitingCharactersMax
      // The largest request there can be is taken when nothing else waits.
      if (isFull && waiting.length > 0) {
        return Promise.reject(
          new Refusal('service_unavailable', 'Too many notifications wait to be stored. This one was not accepted.', {
            retryAfterSeconds: 1,
          }),
        )
      }
      return new Promise((resolve, reject) => {
        waiting.push({ request, size, characters, resolve, reject })
        waitingSize += size
        waitingCharacters += characters
        flushIfFree()
      })
    },
  }
}

/** Whether Postgres refused the statement, rather than being away. */
function isAboutTheRows(error: unknown): boolean {
  return /^(?:22|23|40|55)/.test(codeOf(error))
}

/** An idempotency key whose first request is still open holds up the second for five seconds. */
function toAnswer(error: unknown): unknown {
  if (codeOf(error) !== lockNotAvailable) return error
  return new Refusal('idempotency_in_flight', 'The first request with this key has not finished.', {
    retryAfterSeconds: 1,
    cause: error,
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function sizeOf({ notifications }: AcceptRequest): number {
  return notifications.reduce((sum, { audience }) => sum + (audience.kind === 'users' ? audience.userIds.length : 1), 0)
}

function wake(waker: Waker, requests: AcceptRequest[], acceptances: Map<string, Acceptance>): void {
  const accepted = [...acceptances.values()].filter(({ result }) => result === 'accepted')
  for (const botId of new Set(accepted.flatMap(({ botIds }) => botIds))) waker.wake(DrainLane, { botId })
  for (const { notifications } of requests) {
    for (const { id, tenantId, audience, sendAt } of notifications) {
      const isBroadcast = audience.kind === 'topic' || audience.kind === 'everyone'
      if (isBroadcast && sendAt === undefined && acceptances.get(id)?.result === 'accepted')
        waker.wake(AdvanceBroadcast, { tenantId, notificationId: id })
    }
  }
}
