import { acceptNotifications, type Acceptance, type NotificationToAccept, type Pool } from '@tellwire/db'
import { DrainLane, type Waker } from '@tellwire/jobs'
import { ApiError } from '../../errors.js'

const batchSizeMax = 256
const statementsMax = 2
const waitingMax = 10_000

/** Commits notifications that arrive at the same time together. */
export interface Accepter {
  /**
   * When it resolves with `isAccepted`, the notification is on disk.
   * @throws `service_unavailable` when too many wait already; that one was not accepted.
   */
  accept(notification: NotificationToAccept): Promise<Acceptance>
}

interface Waiting {
  notification: NotificationToAccept
  resolve: (acceptance: Acceptance) => void
  reject: (error: unknown) => void
}

/**
 * While two statements run, what arrives is collected; it leaves with the next. So a lone request never
 * waits, and under load one commit serves many.
 */
export function createAccepter(engine: Pool, waker: Waker): Accepter {
  const waiting: Waiting[] = []
  let running = 0

  const flush = async (): Promise<void> => {
    const batch = waiting.splice(0, batchSizeMax)
    running++
    try {
      const acceptances = await acceptNotifications(
        engine,
        batch.map(({ notification }) => notification),
      )
      wakeLanes(waker, acceptances)
      for (const { notification, resolve, reject } of batch) {
        const acceptance = acceptances.get(notification.id)
        if (acceptance) resolve(acceptance)
        else reject(new Error('the accept statement left a notification out'))
      }
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
    accept(notification) {
      if (waiting.length >= waitingMax) {
        return Promise.reject(
          new ApiError('service_unavailable', 'Too many notifications wait to be stored. This one was not accepted.', {
            retryAfterSeconds: 1,
          }),
        )
      }
      return new Promise((resolve, reject) => {
        waiting.push({ notification, resolve, reject })
        flushIfFree()
      })
    },
  }
}

function wakeLanes(waker: Waker, acceptances: Map<string, Acceptance>): void {
  const botIds = new Set([...acceptances.values()].flatMap((acceptance) => acceptance.botIds))
  for (const botId of botIds) waker.wake(DrainLane, { botId })
}
