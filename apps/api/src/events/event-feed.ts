import { setTimeout as delay } from 'node:timers/promises'
import {
  type EventPage,
  type EventPosition,
  type Pool,
  readEventGate,
  readNewEvents,
  type StoredEvent,
} from '@tellwire/db'

/**
 * Follows all events, for all streams of this process: however many there are, one statement at a time reads what is new.
 * Nobody who follows costs nothing.
 */
export interface EventFeed {
  /**
   * Is told of a tenant's events from now on, each once and in order. What was committed before it resolves may be told or
   * not: whoever needs it reads it after that.
   * @returns what ends that.
   */
  follow(tenantId: string, listener: (events: readonly StoredEvent[]) => void): Promise<() => void>
  /** Up to where everything was told to whoever follows; undefined where that is not known. */
  toldTo(): EventPosition | undefined
  /** For how long the oldest transaction has kept events from being read, in seconds. */
  lagSeconds(): number
  close(): void
}

/** What comes is told after so long at most, and a little. */
const pollEveryMs = 30
const failedPauseMs = 500
const readMax = 5_000

type Listener = (events: readonly StoredEvent[]) => void

export function createEventFeed(engine: Pool, onError: (error: unknown) => void): EventFeed {
  const listeners = new Map<string, Set<Listener>>()
  const gateLag = createGateLag()
  let position: EventPosition | undefined
  let reading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const tell = ({ events }: EventPage): void => {
    for (const [tenantId, ofTenant] of groupByTenant(events))
      for (const listener of listeners.get(tenantId) ?? []) listener(ofTenant)
  }

  const read = async (): Promise<number> => {
    try {
      const gate = await readEventGate(engine)
      gateLag.see(gate)
      position ??= gate.position
      // Only what is below the gate can be read.
      if (position.xid === gate.position.xid) return pollEveryMs
      const page = await readNewEvents(engine, {
        after: position,
        tenantIds: [...listeners.keys()],
        countMax: readMax,
      })
      position = page.position
      tell(page)
      return page.isComplete ? pollEveryMs : 0
    } catch (error) {
      onError(error)
      return failedPauseMs
    }
  }

  const poll = (): void => {
    timer = undefined
    reading = read().then((pauseMs) => {
      reading = undefined
      if (listeners.size > 0 && !isClosed) timer = setTimeout(poll, pauseMs)
      // Whoever follows next begins there.
      else position = undefined
    })
  }

  return {
    async follow(tenantId, listener) {
      const ofTenant = listeners.get(tenantId) ?? new Set()
      listeners.set(tenantId, ofTenant.add(listener))
      // What is being read was asked for without this tenant.
      await reading
      if (timer === undefined && reading === undefined && !isClosed) poll()
      // Until the feed has a place, it may begin behind what whoever follows reads next.
      while (position === undefined && !isClosed) await (reading ?? delay(failedPauseMs))
      return () => {
        ofTenant.delete(listener)
        if (ofTenant.size === 0 && listeners.get(tenantId) === ofTenant) listeners.delete(tenantId)
      }
    },
    toldTo: () => position,
    lagSeconds: () => gateLag.seconds(),
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

function groupByTenant(events: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  const groups = new Map<string, StoredEvent[]>()
  for (const event of events) {
    const group = groups.get(event.tenantId)
    if (group) group.push(event)
    else groups.set(event.tenantId, [event])
  }
  return groups
}

interface Gate {
  xmin: bigint
  nextXid: bigint
}

/** Measures how long the gate takes to reach the number of a transaction that was the next one a while ago. */
function createGateLag() {
  let awaited: { xid: bigint; sinceMs: number } | undefined
  let lagMs = 0
  return {
    see({ xmin, nextXid }: Gate): void {
      const nowMs = performance.now()
      lagMs = awaited === undefined || xmin >= awaited.xid ? 0 : nowMs - awaited.sinceMs
      if (awaited === undefined || xmin >= awaited.xid) awaited = { xid: nextXid, sinceMs: nowMs }
    },
    seconds: () => lagMs / 1_000,
  }
}
