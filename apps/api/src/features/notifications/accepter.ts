import { acceptNotifications, type Acceptance, type AcceptRequest, type Pool } from '@tellwire/db'
import { AdvanceBroadcast, DrainLane, type Waker } from '@tellwire/jobs'
import { ApiError } from '../../errors.js'

/** Notifications and recipients of one statement. One request is never split, however large. */
const batchSizeMax = 256
const statementsMax = 2
const waitingMax = 10_000
const waitingCharactersMax = 64 * 1024 * 1024

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

  const flush = async (): Promise<void> => {
    const batch = nextBatch()
    running++
    try {
      const requests = batch.map(({ request }) => request)
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
      for (const { reject } of batch) reject(error)
    } finally {
      running--
      flushIfFree()
    }
  }

  const flushIfFree = (): void => {
    if (waiting.length > 0 && running < statementsMax) void flush()
  }

  return {
    accept(request) {
      const size = sizeOf(request)
      const characters = request.notifications.reduce((sum, { text }) => sum + text.length, 0)
      if (waitingSize + size > waitingMax || waitingCharacters + characters > waitingCharactersMax) {
        return Promise.reject(
          new ApiError('service_unavailable', 'Too many notifications wait to be stored. This one was not accepted.', {
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
