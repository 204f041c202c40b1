import { setTimeout as delay } from 'node:timers/promises'
import { acceptNotifications, type Acceptance, type AcceptRequest, type Pool } from '@tellwire/db'
import { AdvanceBroadcast, DrainLane, type Waker } from '@tellwire/jobs'
import { createFairQueue } from '../fairness/fair-queue.js'
import { inFlight } from '../idempotency/keep-once.js'
import { Refusal } from '../refusal.js'

/** Recipients of one statement that serves several requests. A request with more has a statement of its own. */
const batchSizeMax = 256
/**
 * Of the two kinds of statements one runs at a time: a large request delays no small one, and the more a statement
 * serves, the less each costs.
 */
const statementsMax = 1
/** One that takes so long, because of a lock or a slow disk, is no longer waited for: others go beside it, up to so many. */
const slowAfterMs = 100
const slowMax = 3
/** Bounds of what waits: of one tenant, and in all. */
const waitingMax = { ofTenant: 10_000, inAll: 200_000 }
const bytesMax = { ofTenant: 16 * 1_048_576, inAll: 256 * 1_048_576 }
/** A key that another transaction uses is asked for again, outside of the database. */
const busyRetryMs = 50
const busyForMsMax = 5_000

/** The notifications of a request, and how large its body was. */
export interface StoreRequest extends AcceptRequest {
  bytes: number
}

/** Commits notifications that arrive at the same time together. */
export interface Accepter {
  /**
   * When it resolves, what is `accepted` is on disk. In the order of the request's notifications, all of one tenant.
   * @throws {Refusal} `service_unavailable` when too many of the tenant's wait already, `idempotency_in_flight` when
   * another request with one of its keys goes on; nothing of the request was accepted then.
   */
  accept(request: StoreRequest): Promise<Acceptance[]>
}

interface Waiting {
  request: AcceptRequest
  tenantId: string
  size: number
  bytes: number
  busyUntilMs: number
  resolve: (acceptances: Acceptance[]) => void
  reject: (error: unknown) => void
}

/**
 * While statements run, what arrives is collected; it leaves with the next, tenants taking turns. So a lone request
 * never waits, under load one commit serves many, and who sends much waits behind nobody's but their own.
 */
export function createAccepter(engine: Pool, waker: Waker): Accepter {
  const lines = { shared: createFairQueue<Waiting>(), single: createFairQueue<Waiting>() }
  const running = { shared: 0, single: 0 }
  let slow = 0
  const load = createLoad()

  const nextBatch = (kind: keyof typeof lines): Waiting[] => {
    const line = lines[kind]
    const batch: Waiting[] = []
    let size = 0
    for (let next = line.peek(); next && (batch.length === 0 || size + next.size <= batchSizeMax); next = line.peek()) {
      line.take()
      batch.push(next)
      size += next.size
      load.remove(next)
    }
    return batch
  }

  const store = async (batch: Waiting[]): Promise<void> => {
    const requests = batch.map(({ request }) => request)
    let acceptances: Map<string, Acceptance>
    try {
      acceptances = await acceptNotifications(engine, requests)
    } catch (error) {
      // What the database has against one request is no reason to refuse the others.
      if (batch.length > 1 && isAboutTheRows(error)) for (const entry of batch) await store([entry])
      else for (const { reject } of batch) reject(error)
      return
    }
    // From here on they are stored, and nothing may say otherwise.
    wake(waker, requests, acceptances)
    for (const entry of batch) answer(entry, acceptances)
  }

  const answer = (entry: Waiting, acceptances: Map<string, Acceptance>): void => {
    const ofRequest = entry.request.notifications.flatMap(({ id }) => acceptances.get(id) ?? [])
    if (!ofRequest.some(({ result }) => result === 'busy')) entry.resolve(ofRequest)
    else if (performance.now() < entry.busyUntilMs) setTimeout(() => add(entry), busyRetryMs)
    else entry.reject(inFlight())
  }

  const flush = async (kind: keyof typeof lines): Promise<void> => {
    running[kind]++
    if (kind === 'shared') return flushShared()
    const beganAtMs = performance.now()
    await store(nextBatch(kind))
    // Half of the time belongs to the others, however much the large requests would take.
    await delay(performance.now() - beganAtMs)
    running[kind]--
    flushIfFree(kind)
  }

  const flushShared = async (): Promise<void> => {
    let isSlow = false
    const timer = setTimeout(() => {
      if (slow >= slowMax) return
      isSlow = true
      slow++
      running.shared--
      flushIfFree('shared')
    }, slowAfterMs)
    await store(nextBatch('shared'))
    clearTimeout(timer)
    if (isSlow) slow--
    else running.shared--
    flushIfFree('shared')
  }

  const flushIfFree = (kind: keyof typeof lines): void => {
    if (lines[kind].size > 0 && running[kind] < statementsMax) void flush(kind)
  }

  const add = (entry: Waiting): void => {
    const kind = entry.size > batchSizeMax ? 'single' : 'shared'
    lines[kind].add(entry.tenantId, entry)
    load.add(entry)
    flushIfFree(kind)
  }

  return {
    accept: (request) =>
      new Promise((resolve, reject) => {
        const entry = {
          request,
          tenantId: request.notifications[0]?.tenantId ?? '',
          size: sizeOf(request),
          bytes: request.bytes,
          busyUntilMs: performance.now() + busyForMsMax,
          resolve,
          reject,
        }
        if (load.hasRoomFor(entry)) add(entry)
        else reject(tooMuchWaits())
      }),
  }
}

type Sized = Pick<Waiting, 'tenantId' | 'size' | 'bytes'>

/** Knows how much waits. The largest request there can be is taken when nothing else of its tenant waits. */
function createLoad() {
  const none = { size: 0, bytes: 0 }
  const byTenant = new Map<string, typeof none>()
  let inAll = none

  const change = ({ tenantId, size, bytes }: Sized, sign: 1 | -1): void => {
    const before = byTenant.get(tenantId) ?? none
    const after = { size: before.size + sign * size, bytes: before.bytes + sign * bytes }
    if (after.size > 0) byTenant.set(tenantId, after)
    else byTenant.delete(tenantId)
    inAll = { size: inAll.size + sign * size, bytes: inAll.bytes + sign * bytes }
  }
  const isBeyond = (load: typeof none, { size, bytes }: Sized, of: 'ofTenant' | 'inAll'): boolean =>
    load.size + size > waitingMax[of] || load.bytes + bytes > bytesMax[of]

  return {
    add: (entry: Sized) => change(entry, 1),
    remove: (entry: Sized) => change(entry, -1),
    hasRoomFor: (entry: Sized): boolean => {
      const own = byTenant.get(entry.tenantId)
      return !own || !(isBeyond(own, entry, 'ofTenant') || isBeyond(inAll, entry, 'inAll'))
    },
  }
}

function tooMuchWaits(): Refusal {
  return new Refusal(
    'service_unavailable',
    'Too many of your notifications wait to be stored. This one was not accepted.',
    {
      retryAfterSeconds: 1,
    },
  )
}

/** Whether Postgres refused the statement, rather than being away. */
function isAboutTheRows(error: unknown): boolean {
  return /^(?:22|23|40|55)/.test(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** How many recipients the notifications of a request name. An audience counts as one, and is expanded later. */
export function sizeOf({ notifications }: Pick<AcceptRequest, 'notifications'>): number {
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
