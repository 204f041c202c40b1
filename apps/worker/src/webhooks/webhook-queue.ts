import type { DueWebhook, EndpointReference, NewWebhook, WebhookEndpoint } from '@tellwire/db'
import { aheadOf, emptyLine, hasPlace, hasRoom, isNeeded, isNew, keyOf, type Line } from './webhook-line.js'

/** A webhook whose turn it is. */
export interface NextWebhook {
  webhook: DueWebhook
  endpoint: WebhookEndpoint
}

/** Room for webhooks of an endpoint. */
export interface Room extends EndpointReference {
  count: number
}

/** The webhooks of this process: those that wait to be sent, are under way, or were answered and are being recorded. */
export interface WebhookQueue {
  /** Something waits for these endpoints in the database. */
  want(endpoints: readonly EndpointReference[]): void
  /** How much that is new may be offered: 0 while much waits. */
  freeCount(): number
  /** Takes what is new, as far as nothing waits for its endpoint that came before it and there is room. */
  offer(webhooks: readonly NewWebhook[]): void
  /**
   * Gives back what is new and cannot be sent soon, since its endpoint is slow or nothing may be sent to it: it is to be
   * stored, and found among what waits for the endpoint.
   */
  takeLeft(): NewWebhook[]
  /** Whether there may be rooms since they were last looked for. */
  isLow(): boolean
  /**
   * Endpoints that something waits for in the database and that there is room for here, and endpoints that are to be read
   * anew: of those 0 are wanted.
   */
  findRooms(): Room[]
  /** The rows that it knows, so that they are not found again. */
  heldIds(): string[]
  /**
   * Takes what was found for rooms.
   * @param endpoints of the rooms that events may be sent to; the others get nothing, and nothing waits for them here.
   */
  add(rooms: readonly Room[], endpoints: readonly WebhookEndpoint[], webhooks: readonly DueWebhook[]): void
  /** The next that may be sent now; it is under way then. */
  next(): NextWebhook | undefined
  /**
   * It is under way no more, and is to be recorded.
   * @param isEnded whether nothing is to be sent to its endpoint any more. @param pauseMs for how long nothing is, in milliseconds.
   */
  answered(next: NextWebhook, isEnded: boolean, pauseMs?: number): void
  /** What became of it is recorded. */
  settled(next: NextWebhook): void
  /** Forgets what waits. */
  clear(): void
  /** In how many milliseconds the next endpoint may be sent to that waits for its time; undefined where none does. */
  pauseMs(): number | undefined
}

/** Requests that are under way at a time, of all tenants. */
const requestsMax = 300
const waitingMax = 4_000
/** While more waits, nothing new is read. */
const waitingWhileReading = 1_000
const offeredMax = 2_000
/** What is new is stored when it has waited for so long: its endpoint is slow. */
const newForMs = 1_000
/** While so much is to be recorded, nothing is sent: of what cannot be recorded it would be sent again. */
const unsettledMax = 2_000
/** What was read longer ago is read anew: it may be withdrawn, or erased, and its endpoint changed. */
const freshForMs = 2_000
/** An endpoint that is sent to is read anew so often. */
const endpointForMs = 1_000
const roomsMax = 100

/**
 * Holds what is read ahead for each endpoint, so that one that answers need not wait for the database. Endpoints take
 * turns. Of a tenant no more is under way than as much as is free: however many endpoints of however many tenants are
 * slow, there is always room for another's.
 * @param nowMs a clock that only goes forward, in milliseconds.
 */
export function createWebhookQueue(nowMs: () => number): WebhookQueue {
  const lines = new Map<string, Line>()
  /** Lines that may be sent to now, as far as they themselves are concerned, in the order of their turns. */
  const ready = new Set<Line>()
  const paused = new Set<Line>()
  /** Under way, or not recorded yet. */
  const begun = new Set<DueWebhook>()
  /** The keys of those, and of what is new and waits: neither is taken a second time. */
  const keys = new Set<string>()
  /** It is new, and is to be stored. */
  let left: NewWebhook[] = []
  const underWayOf = new Map<string, number>()
  let underWay = 0
  let waitingCount = 0
  let isLow = false

  const lineOf = (reference: EndpointReference): Line => {
    let line = lines.get(reference.endpointId)
    if (!line) {
      line = emptyLine(reference)
      lines.set(reference.endpointId, line)
    }
    return line
  }
  const isStale = (line: Line, forMs: number): boolean =>
    line.endpoint === undefined || nowMs() - line.endpointReadAtMs > forMs
  const empty = (line: Line): void => {
    waitingCount -= line.waiting.length
    for (const { webhook } of line.waiting) {
      if (!isNew(webhook)) continue
      left.push(webhook)
      keys.delete(keyOf(webhook))
    }
    line.waiting = []
    ready.delete(line)
    paused.delete(line)
  }
  /** What is wanted of it is in the database, or will be. */
  const emptyForAWhile = (line: Line): void => {
    empty(line)
    line.isWanted = isLow = true
  }
  /** For a moment it is kept in any case: when it may be sent to next, and how, need not be found out again. */
  const isKept = (line: Line): boolean => isNeeded(line) || line.nextAtMs > nowMs() || !isStale(line, endpointForMs)
  const keepIfNeeded = (line: Line): void => {
    if (isKept(line)) lines.set(line.reference.endpointId, line)
    else lines.delete(line.reference.endpointId)
  }
  const drop = (line: Line): void => {
    empty(line)
    line.isWanted = false
    keepIfNeeded(line)
  }
  const makeReady = (line: Line): void => {
    if (line.waiting.length === 0 || !line.endpoint || !hasPlace(line)) return
    if (line.nextAtMs > nowMs()) paused.add(line)
    else ready.add(line)
  }
  /** How much may wait for one endpoint: half of what is free, so that there is always room for another's. */
  const share = (): number => (waitingMax - waitingCount) >> 1
  const isFair = ({ reference: { tenantId } }: Line): boolean =>
    (underWayOf.get(tenantId) ?? 0) < requestsMax - underWay

  const take = (line: Line, endpoint: WebhookEndpoint): NextWebhook | undefined => {
    const first = line.waiting.shift()
    if (!first) return undefined
    const { webhook } = first
    waitingCount--
    line.underWay++
    underWay++
    begun.add(webhook)
    keys.add(keyOf(webhook))
    underWayOf.set(endpoint.tenantId, (underWayOf.get(endpoint.tenantId) ?? 0) + 1)
    if (endpoint.rate !== null) line.nextAtMs = nowMs() + 1_000 / endpoint.rate
    // To the end of those whose turn it is.
    ready.delete(line)
    makeReady(line)
    isLow ||= hasRoom(line)
    return { webhook, endpoint }
  }

  return {
    want(endpoints) {
      for (const reference of endpoints) lineOf(reference).isWanted = true
    },
    freeCount: () => (waitingCount > waitingWhileReading || left.length > 0 ? 0 : offeredMax),
    offer(webhooks) {
      const readAtMs = nowMs()
      for (const webhook of webhooks) {
        const key = keyOf(webhook)
        // It is under way since it was read before.
        if (keys.has(key)) continue
        const line = lineOf({ tenantId: webhook.event.tenantId, endpointId: webhook.endpointId })
        if (line.isWanted || line.isEnded || line.waiting.length > share()) {
          left.push(webhook)
          line.isWanted = isLow = true
          continue
        }
        line.waiting.push({ webhook, readAtMs })
        keys.add(key)
        waitingCount++
        makeReady(line)
      }
    },
    takeLeft() {
      const now = nowMs()
      for (const line of lines.values()) {
        const isSlow = line.waiting.some(({ webhook, readAtMs }) => now - readAtMs > newForMs && isNew(webhook))
        if (isSlow) emptyForAWhile(line)
        else if (!isKept(line)) lines.delete(line.reference.endpointId)
      }
      const taken = left
      left = []
      return taken
    },
    isLow: () => isLow,
    findRooms() {
      isLow = false
      const rooms: Room[] = []
      for (const line of lines.values()) {
        const waiting = line.waiting.length
        const count = hasRoom(line) ? Math.min(aheadOf(line) - waiting, Math.max(waiting === 0 ? 1 : 0, share())) : 0
        if (count > 0 || (waiting > 0 && isStale(line, endpointForMs))) rooms.push({ ...line.reference, count })
        if (rooms.length < roomsMax) continue
        isLow = true
        break
      }
      return rooms
    },
    heldIds: () => [
      ...[...begun].flatMap(({ id }) => id ?? []),
      ...[...lines.values()].flatMap(({ waiting }) => waiting.flatMap(({ webhook: { id } }) => id ?? [])),
    ],
    add(rooms, endpoints, webhooks) {
      const readAtMs = nowMs()
      const readable = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
      const counts = new Map<string, number>()
      for (const room of rooms) {
        const line = lineOf(room)
        line.endpoint = readable.get(room.endpointId)
        line.endpointReadAtMs = readAtMs
      }
      for (const webhook of webhooks) {
        const line = lines.get(webhook.endpointId)
        if (!line?.endpoint || line.isEnded || keys.has(keyOf(webhook))) continue
        line.waiting.push({ webhook, readAtMs })
        waitingCount++
        counts.set(webhook.endpointId, (counts.get(webhook.endpointId) ?? 0) + 1)
      }
      for (const room of rooms) {
        const line = lineOf(room)
        // Those that were read make way for those that were not.
        lines.delete(room.endpointId)
        if (!line.endpoint) empty(line)
        if (room.count > 0) line.isWanted = line.endpoint !== undefined && counts.get(room.endpointId) === room.count
        makeReady(line)
        keepIfNeeded(line)
      }
    },
    next() {
      const now = nowMs()
      for (const line of paused) {
        if (line.nextAtMs > now) continue
        paused.delete(line)
        ready.add(line)
      }
      if (underWay >= requestsMax || begun.size - underWay >= unsettledMax) return undefined
      for (const line of ready) {
        const { endpoint, waiting } = line
        if (now - (waiting[0]?.readAtMs ?? 0) > freshForMs) {
          emptyForAWhile(line)
        } else if (endpoint === undefined || isStale(line, freshForMs)) {
          ready.delete(line)
          isLow = true
        } else if (!hasPlace(line)) {
          // It wants fewer at a time since it was read anew.
          ready.delete(line)
        } else if (isFair(line)) {
          return take(line, endpoint)
        }
      }
      return undefined
    },
    answered({ endpoint }, isEnded, pauseMs = 0) {
      underWay--
      const left = (underWayOf.get(endpoint.tenantId) ?? 0) - 1
      if (left > 0) underWayOf.set(endpoint.tenantId, left)
      else underWayOf.delete(endpoint.tenantId)
      const line = lines.get(endpoint.id)
      if (!line) return
      line.underWay--
      line.unsettled++
      if (isEnded) {
        line.isEnded = true
        drop(line)
      }
      if (pauseMs > 0) {
        line.nextAtMs = Math.max(line.nextAtMs, nowMs() + pauseMs)
        ready.delete(line)
      }
      makeReady(line)
      isLow ||= hasRoom(line)
    },
    settled({ webhook, endpoint }) {
      begun.delete(webhook)
      keys.delete(keyOf(webhook))
      const line = lines.get(endpoint.id)
      if (!line) return
      line.unsettled--
      if (line.unsettled === 0) line.isEnded = false
      makeReady(line)
      isLow ||= hasRoom(line)
      keepIfNeeded(line)
    },
    clear() {
      for (const line of lines.values()) drop(line)
      left = []
    },
    pauseMs() {
      if (paused.size === 0) return undefined
      return Math.max(1, Math.min(...[...paused].map(({ nextAtMs }) => nextAtMs)) - nowMs())
    },
  }
}
