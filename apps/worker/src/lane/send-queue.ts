import type { ClaimedDelivery } from '@tellwire/db'
import type { Call } from '../compose/call.js'

/** A delivery that was claimed and is about to be sent. */
export type QueuedDelivery = ClaimedDelivery & {
  call: Call
  /** On this process's monotonic clock; `Infinity` where it may be sent for ever. */
  expiresAtMs: number
}

/**
 * The order in which a lane's claimed deliveries leave. `high` goes before everything else, as soon as
 * there is a permit; while `normal` and `bulk` both wait, four of the one go for one of the other.
 *
 * These two start at least 1000/rate ms apart, on a schedule that a late timer does not move. So permits
 * come back evenly, and one is never far away when something urgent comes.
 */
export interface SendQueue {
  readonly size: number
  /** How many of a priority wait. */
  count(priority: number): number
  chats(): string[]
  add(delivery: QueuedDelivery): void
  /** Shows the delivery that may leave now, as far as the schedule goes. */
  peek(nowMs: number): QueuedDelivery | undefined
  /** Takes out the one that `peek` showed. */
  take(delivery: QueuedDelivery): void
  /** Records that a send began, for the schedule. */
  started(delivery: QueuedDelivery, nowMs: number, rate: number): void
  /** When the schedule lets something leave; `Infinity` when nothing waits. */
  opensAt(nowMs: number): number
  /** Takes out everything. */
  clear(): QueuedDelivery[]
}

const [high, normal, bulk] = [0, 1, 2]
const normalsPerBulk = 4
/** How far behind its schedule a lane may be and still catch up. */
const catchUpMs = 25

export function createSendQueue(): SendQueue {
  const queues: QueuedDelivery[][] = [[], [], []]
  let nextStartAtMs = 0
  let normalsInRow = 0

  const queueOf = (priority: number): QueuedDelivery[] => queues[priority] ?? []

  const nextPaced = (): QueuedDelivery | undefined => {
    const isBulksTurn = normalsInRow >= normalsPerBulk || queueOf(normal).length === 0
    return (isBulksTurn ? queueOf(bulk)[0] : undefined) ?? queueOf(normal)[0]
  }

  return {
    get size() {
      return queues.reduce((sum, queue) => sum + queue.length, 0)
    },
    count: (priority) => queueOf(priority).length,
    chats: () => queues.flatMap((queue) => queue.map(({ chatId }) => chatId)),
    add(delivery) {
      const queue = queueOf(delivery.priority)
      let place = queue.length
      while (place > 0 && (queue[place - 1]?.finishTime ?? 0) > delivery.finishTime) place--
      queue.splice(place, 0, delivery)
    },
    peek: (nowMs) => queueOf(high)[0] ?? (nowMs >= nextStartAtMs ? nextPaced() : undefined),
    take(delivery) {
      const queue = queueOf(delivery.priority)
      queue.splice(queue.indexOf(delivery), 1)
    },
    started({ priority }, nowMs, rate) {
      if (priority === high) return
      normalsInRow = priority === normal ? normalsInRow + 1 : 0
      const intervalMs = 1_000 / rate
      nextStartAtMs = Math.max(nextStartAtMs, nowMs - Math.max(catchUpMs, intervalMs)) + intervalMs
    },
    opensAt(nowMs) {
      if (queueOf(high).length > 0) return nowMs
      return nextPaced() === undefined ? Infinity : Math.max(nowMs, nextStartAtMs)
    },
    clear: () => queues.flatMap((queue) => queue.splice(0)),
  }
}
