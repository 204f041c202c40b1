import { setTimeout as delay } from 'node:timers/promises'
import {
  type ClaimedDelivery,
  type Pool,
  type SentDelivery,
  settleDeliveries,
  type Settlement,
  settleSentDeliveries,
} from '@tellwire/db'
import { countUnknown, type DeliveryMetrics, type Logger, type UnknownCause } from '@tellwire/observability'
import { messageCountOf, type Verdict } from '../outcome/verdict.js'
import { isAboutRows } from './batcher.js'

interface Turn {
  turnId: string
  isHeld(): boolean
}

/** What settling needs of a delivery. */
type Settled = Pick<ClaimedDelivery, 'id' | 'isGroup'>

/** The end of a delivery, while it waits to be written. */
interface Waiting {
  turn: Turn
  id: string
  /** On this process's monotonic clock; undefined when no call was made. */
  answeredAtMs: number | undefined
  addedAtMs: number
  /** Its turn waits for it no more. */
  isAbandoned: boolean
}

interface WaitingVerdict extends Waiting {
  delivery: Settled
  verdict: Verdict
}

interface WaitingSend extends Waiting {
  messageId: number
}

/** Settles the deliveries of all lanes in batches: while batches are being written, the next is collected. */
export interface Settler {
  /** Whether so much waits to be written, or something for so long, that nothing more should be sent: it might have to be sent again. */
  isBehind(): boolean
  /** @param answeredAtMs on this process's monotonic clock; undefined when no call was made. */
  add(turn: Turn, delivery: Settled, verdict: Verdict, answeredAtMs?: number): void
  /** The same for a message to one person that was sent in one call, and of which there is nothing else to say. */
  addSent(turn: Turn, id: string, messageId: number, answeredAtMs: number): void
  /**
   * Hands what is known of a delivery over to the turn that has claimed it since: it is known still.
   * @returns false where nothing is known.
   */
  takeOver(turn: Turn, id: string): boolean
  /** Waits until all that the turn added is recorded, or its lease is over. */
  drained(turnId: string): Promise<void>
}

const retryEveryMs = 200
/** More than this waits, or longer, only where Postgres cannot be reached or does not write. */
const waitingMax = 5_000
const waitingMsMax = 2_000
const batchSizeMax = 1_000

export function createSettler(
  ctx: { engine: Pool; log: Logger; metrics: DeliveryMetrics },
  onSettled: (id: string) => void = () => undefined,
): Settler {
  const open = new Map<string, { count: number; whenDone: (() => void)[] }>()

  const begin = (turnId: string): void => {
    const entry = open.get(turnId) ?? { count: 0, whenDone: [] }
    entry.count++
    open.set(turnId, entry)
  }
  const finish = ({ turn: { turnId }, isAbandoned }: Waiting): void => {
    const entry = open.get(turnId)
    if (isAbandoned || !entry || --entry.count > 0) return
    open.delete(turnId)
    for (const done of entry.whenDone) done()
  }
  const abandon = (entry: Waiting): void => {
    if (entry.isAbandoned || entry.turn.isHeld()) return
    finish(entry)
    entry.isAbandoned = true
  }

  const lineOptions = { log: ctx.log, finish, abandon, onSettled }
  // Each has one statement in flight: what is slow about the one kind does not hold up the other.
  const verdicts = createLine<WaitingVerdict>({
    ...lineOptions,
    async write(batch) {
      const nowMs = performance.now()
      const settled = await settleDeliveries(
        ctx.engine,
        batch.map((entry) => toSettlement(entry, nowMs)),
      )
      for (const { id, verdict } of batch) {
        if (settled.get(id) === 'unknown') countUnknown(ctx.metrics, causeOf(verdict))
      }
    },
  })
  const sends = createLine<WaitingSend>({
    ...lineOptions,
    async write(batch) {
      const nowMs = performance.now()
      await settleSentDeliveries(
        ctx.engine,
        batch.map((entry) => toSent(entry, nowMs)),
      )
    },
  })

  return {
    isBehind: () =>
      verdicts.length + sends.length > waitingMax ||
      performance.now() - Math.min(verdicts.oldestAtMs(), sends.oldestAtMs()) > waitingMsMax,
    add(turn, delivery, verdict, answeredAtMs) {
      begin(turn.turnId)
      verdicts.add({
        turn,
        id: delivery.id,
        delivery,
        verdict,
        answeredAtMs,
        addedAtMs: performance.now(),
        isAbandoned: false,
      })
    },
    addSent(turn, id, messageId, answeredAtMs) {
      begin(turn.turnId)
      sends.add({ turn, id, messageId, answeredAtMs, addedAtMs: answeredAtMs, isAbandoned: false })
    },
    takeOver(turn, id) {
      const entry = verdicts.find(id) ?? sends.find(id)
      if (!entry) return false
      finish(entry)
      entry.turn = turn
      entry.isAbandoned = false
      begin(turn.turnId)
      return true
    },
    drained(turnId) {
      const entry = open.get(turnId)
      return entry ? new Promise((resolve) => entry.whenDone.push(resolve)) : Promise.resolve()
    },
  }
}

interface Line<Entry extends Waiting> {
  readonly length: number
  /** Since when the oldest waits to be written, or is being written; `Infinity` where none does. */
  oldestAtMs(): number
  add(entry: Entry): void
  find(id: string): Entry | undefined
}

interface LineOptions<Entry extends Waiting> {
  write: (batch: readonly Entry[]) => Promise<void>
  log: Logger
  finish: (entry: Waiting) => void
  /** Lets the turn of an entry go on, where its lease is over. */
  abandon: (entry: Waiting) => void
  onSettled: (id: string) => void
}

/** A line of what is written by one kind of statement, one of which runs at a time. */
function createLine<Entry extends Waiting>({
  write,
  log,
  finish,
  abandon,
  onSettled,
}: LineOptions<Entry>): Line<Entry> {
  let waiting: Entry[] = []
  let writing: Entry[] = []
  let isWriting = false

  const writeBatch = async (batch: Entry[]): Promise<void> => {
    const turns = batch.map(({ turn }) => turn)
    writing = batch
    try {
      await write(batch)
      for (const [index, entry] of batch.entries()) {
        // Another turn has taken it over meanwhile: it was written for one that had lost it.
        if (entry.turn !== turns[index]) {
          waiting.push(entry)
          continue
        }
        onSettled(entry.id)
        finish(entry)
      }
    } catch (error) {
      if (isAboutRows(error)) return writeApart(batch, error)
      log.warn({ err: error, deliveries: batch.length }, 'settling failed')
      // It is written as long as the process lives: what is known is not sent again. But a turn is not kept waiting
      // beyond its lease; where another turn has claimed the row by then, that one decides.
      waiting = [...batch, ...waiting]
      await delay(retryEveryMs)
      for (const entry of batch) abandon(entry)
    }
  }

  /** One that Postgres does not take holds up no other; it is left to whoever gets the lane next. */
  const writeApart = async (batch: Entry[], error: unknown): Promise<void> => {
    const [only] = batch
    if (only && batch.length === 1) {
      log.error({ err: error, deliveryId: only.id }, 'what became of a delivery cannot be written')
      onSettled(only.id)
      finish(only)
      return
    }
    const half = Math.ceil(batch.length / 2)
    await writeBatch(batch.slice(0, half))
    await writeBatch(batch.slice(half))
  }

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSizeMax)
      waiting = waiting.slice(batchSizeMax)
      await writeBatch(batch)
      writing = []
    }
    isWriting = false
  }

  return {
    get length() {
      return waiting.length
    },
    // What is tried again stays in front.
    oldestAtMs: () => (writing[0] ?? waiting[0])?.addedAtMs ?? Infinity,
    add(entry) {
      waiting.push(entry)
      if (isWriting) return
      isWriting = true
      // Verdicts of the same turn of the event loop go together.
      setImmediate(() => void writeAll())
    },
    find: (id) => waiting.find((entry) => entry.id === id) ?? writing.find((entry) => entry.id === id),
  }
}

/** Why nobody knows. What was not said to be unknown was to be sent again, and has expired or was cancelled. */
function causeOf(verdict: Verdict): UnknownCause {
  if (verdict.result === 'unknown') return verdict.cause
  return verdict.result === 'expired' ? 'expired' : 'cancelled'
}

function toSent({ turn, id, messageId, answeredAtMs = 0 }: WaitingSend, nowMs: number): SentDelivery {
  return { id, turnId: turn.turnId, messageId, answeredAgoMs: nowMs - answeredAtMs }
}

function toSettlement({ turn, delivery, verdict, answeredAtMs }: WaitingVerdict, nowMs: number): Settlement {
  const { id, isGroup } = delivery
  return {
    id,
    isGroup,
    turnId: turn.turnId,
    messageCount: messageCountOf(delivery),
    result: verdict.result,
    messageIds: ('messageIds' in verdict && verdict.messageIds) || [],
    failure: 'failure' in verdict ? verdict.failure : undefined,
    dropped: 'dropped' in verdict ? verdict.dropped : undefined,
    retryInMs: 'retryInMs' in verdict ? verdict.retryInMs : undefined,
    pauseChatMs: 'pauseChatMs' in verdict ? verdict.pauseChatMs : undefined,
    isUnknownPart: 'isUnknownPart' in verdict && verdict.isUnknownPart === true,
    isUntouched: 'isUntouched' in verdict && verdict.isUntouched === true,
    mayHaveArrived:
      ('mayHaveArrived' in verdict && verdict.mayHaveArrived === true) ||
      ('wasInFlight' in delivery && delivery.wasInFlight === true),
    answeredAgoMs: answeredAtMs === undefined ? undefined : nowMs - answeredAtMs,
  }
}
