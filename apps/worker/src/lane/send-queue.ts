import { type ClaimedDelivery, nilUuid } from '@tellwire/db'
import type { Call } from '../compose/call.js'
import type { FairShare } from './fair-share.js'

/** A delivery that was claimed and is about to be sent. */
export type QueuedDelivery = ClaimedDelivery & {
  call: Call
  /** On this process's monotonic clock; `Infinity` where it may be sent for ever. */
  expiresAtMs: number
}

/**
 * The order in which a lane's claimed deliveries leave. Tenants are served by their shares, whatever they send; within
 * what is a tenant's own, its `high` goes first. `high` and `normal` go before `bulk`; while `normal` and `bulk` both
 * wait, four of the one go for one of the other.
 *
 * `high` leaves as soon as there is a permit. The others start at least 1000/rate ms apart, on a schedule that a late
 * timer does not move. So permits come back evenly, and one is never far away when something urgent comes.
 */
export interface SendQueue {
  readonly size: number
  /** How many of a priority wait. */
  count(priority: number): number
  /** How many of a tenant wait. */
  countOf(tenantId: string): number
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
  /** Takes out those that are wanted; everything where nothing is said. */
  takeAll(isWanted?: (delivery: QueuedDelivery) => boolean): QueuedDelivery[]
}

const high = 0
const normal = 1
const bulk = 2
const normalsPerBulk = 4
/** How far behind its schedule a lane may be and still catch up. */
const catchUpMs = 25

/** The deliveries of one tenant, by priority. */
type Waiting = [high: QueuedDelivery[], normal: QueuedDelivery[], bulk: QueuedDelivery[]]

export function createSendQueue(shares: Pick<FairShare, 'timeOf'>): SendQueue {
  const tenants = new Map<string, Waiting>()
  const counts = [0, 0, 0]
  let size = 0
  let nextStartAtMs = 0
  let normalsInRow = 0

  const tenantOf = ({ tenantId }: QueuedDelivery): string => tenantId ?? nilUuid
  const all = (): QueuedDelivery[] => [...tenants.values()].flatMap((waiting) => waiting.flat())

  /** The first of the tenant that comes next; of two at one time the one with the higher priority. */
  const firstOf = (headOf: (waiting: Waiting) => QueuedDelivery | undefined): QueuedDelivery | undefined => {
    let first: QueuedDelivery | undefined
    let firstTime = Infinity
    for (const [tenantId, waiting] of tenants) {
      const head = headOf(waiting)
      if (!head) continue
      const time = tenants.size === 1 ? 0 : shares.timeOf(tenantId)
      if (first && (time > firstTime || (time === firstTime && head.priority >= first.priority))) continue
      first = head
      firstTime = time
    }
    return first
  }
  const firstPrompt = (): QueuedDelivery | undefined =>
    counts[high] === 0 && counts[normal] === 0
      ? undefined
      : firstOf((waiting) => waiting[high][0] ?? waiting[normal][0])
  const firstBulk = (): QueuedDelivery | undefined =>
    counts[bulk] === 0 ? undefined : firstOf((waiting) => waiting[bulk][0])

  return {
    get size() {
      return size
    },
    count: (priority) => counts[priority] ?? 0,
    countOf: (tenantId) => tenants.get(tenantId)?.reduce((sum, queue) => sum + queue.length, 0) ?? 0,
    chats: () => all().map(({ chatId }) => chatId),
    add(delivery) {
      const id = tenantOf(delivery)
      const waiting: Waiting = tenants.get(id) ?? [[], [], []]
      tenants.set(id, waiting)
      waiting[delivery.priority]?.push(delivery)
      counts[delivery.priority] = (counts[delivery.priority] ?? 0) + 1
      size++
    },
    peek(nowMs) {
      if (size === 0) return undefined
      const prompt = firstPrompt()
      if (prompt?.priority === high) return prompt
      if (nowMs < nextStartAtMs) return undefined
      const isBulksTurn = prompt === undefined || normalsInRow >= normalsPerBulk
      return (isBulksTurn ? firstBulk() : undefined) ?? prompt
    },
    take(delivery) {
      const id = tenantOf(delivery)
      const waiting = tenants.get(id)
      const queue = waiting?.[delivery.priority]
      if (!waiting || !queue) return
      if (queue[0] === delivery) queue.shift()
      else queue.splice(queue.indexOf(delivery), 1)
      counts[delivery.priority] = (counts[delivery.priority] ?? 0) - 1
      size--
      if (waiting.every(({ length }) => length === 0)) tenants.delete(id)
    },
    started({ priority }, nowMs, rate) {
      if (priority === high) return
      normalsInRow = priority === normal ? normalsInRow + 1 : 0
      const intervalMs = 1_000 / rate
      nextStartAtMs = Math.max(nextStartAtMs, nowMs - Math.max(catchUpMs, intervalMs)) + intervalMs
    },
    opensAt(nowMs) {
      if (size === 0) return Infinity
      return firstPrompt()?.priority === high ? nowMs : Math.max(nowMs, nextStartAtMs)
    },
    takeAll(isWanted = () => true) {
      const taken = all().filter(isWanted)
      for (const delivery of taken) this.take(delivery)
      return taken
    },
  }
}
