import { setTimeout as delay } from 'node:timers/promises'
import { type ClaimedDelivery, type Pool, settleDeliveries, type Settlement } from '@tellwire/db'
import { countUnknown, type DeliveryMetrics, type Logger } from '@tellwire/observability'
import { messageCountOf, type Verdict } from '../outcome/verdict.js'

interface Turn {
  turnId: string
  isHeld(): boolean
}

/** What settling needs of a delivery. */
type Settled = Pick<ClaimedDelivery, 'id' | 'isGroup'>

interface Waiting {
  turn: Turn
  delivery: Settled
  verdict: Verdict
  /** On this process's monotonic clock; undefined when no call was made. */
  answeredAtMs: number | undefined
  /** Its turn waits for it no more. */
  isAbandoned: boolean
}

/** Settles the deliveries of all lanes in batches: while batches are being written, the next is collected. */
export interface Settler {
  /** Whether so much waits to be written that nothing more should be sent. */
  isBehind(): boolean
  /** @param answeredAtMs on this process's monotonic clock; undefined when no call was made. */
  add(turn: Turn, delivery: Settled, verdict: Verdict, answeredAtMs?: number): void
  /** Waits until all that the turn added is recorded, or its lease is over. */
  drained(turnId: string): Promise<void>
}

const retryEveryMs = 200
/** More than this waits only where Postgres cannot be reached, or takes very long. */
const waitingMax = 5_000
const batchSizeMax = 1_000
const statementsMax = 1

export function createSettler(
  ctx: { engine: Pool; log: Logger; metrics: DeliveryMetrics },
  onSettled: (id: string) => void = () => undefined,
): Settler {
  let waiting: Waiting[] = []
  const open = new Map<string, { count: number; whenDone: (() => void)[] }>()
  let running = 0

  const finish = (turnId: string): void => {
    const entry = open.get(turnId)
    if (!entry || --entry.count > 0) return
    open.delete(turnId)
    for (const done of entry.whenDone) done()
  }

  const write = async (batch: typeof waiting): Promise<void> => {
    const nowMs = performance.now()
    const settlements = batch.map((entry) => toSettlement(entry, nowMs))
    try {
      const settled = await settleDeliveries(ctx.engine, settlements)
      for (const { delivery, verdict } of batch) {
        if (verdict.result === 'unknown' && settled.has(delivery.id)) countUnknown(ctx.metrics, verdict.cause)
      }
      for (const { turn, delivery, isAbandoned } of batch) {
        onSettled(delivery.id)
        if (!isAbandoned) finish(turn.turnId)
      }
    } catch (error) {
      if (isAboutTheRows(error)) return writeApart(batch, error)
      ctx.log.warn({ err: error, deliveries: batch.length }, 'settling failed')
      await delay(retryEveryMs)
      // A turn is not kept waiting beyond its lease. What is known is still recorded if it can be: where
      // another turn has claimed the row by then, that one decides.
      for (const entry of batch) {
        if (!entry.isAbandoned && !entry.turn.isHeld()) {
          entry.isAbandoned = true
          finish(entry.turn.turnId)
        }
      }
      // It is written as long as the process lives: what is known is not sent again.
      waiting = [...batch, ...waiting]
    }
  }

  /** One that Postgres does not take holds up no other; it is left to whoever gets the lane next. */
  const writeApart = async (batch: typeof waiting, error: unknown): Promise<void> => {
    const [only] = batch
    if (only && batch.length === 1) {
      ctx.log.error({ err: error, deliveryId: only.delivery.id }, 'what became of a delivery cannot be written')
      onSettled(only.delivery.id)
      if (!only.isAbandoned) finish(only.turn.turnId)
      return
    }
    const half = Math.ceil(batch.length / 2)
    await write(batch.slice(0, half))
    await write(batch.slice(half))
  }

  const writeIfFree = (): void => {
    if (running >= statementsMax || waiting.length === 0) return
    running++
    void write(waiting.splice(0, batchSizeMax)).finally(() => {
      running--
      writeIfFree()
    })
  }

  return {
    isBehind: () => waiting.length > waitingMax,
    add(turn, delivery, verdict, answeredAtMs) {
      const entry = open.get(turn.turnId) ?? { count: 0, whenDone: [] }
      entry.count++
      open.set(turn.turnId, entry)
      waiting.push({ turn, delivery, verdict, answeredAtMs, isAbandoned: false })
      // Verdicts of the same tick go together.
      queueMicrotask(writeIfFree)
    },
    drained(turnId) {
      const entry = open.get(turnId)
      return entry ? new Promise((resolve) => entry.whenDone.push(resolve)) : Promise.resolve()
    },
  }
}

/** Whether Postgres refused a row, rather than being away or busy. */
function isAboutTheRows(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:22|23)/.test(String(error.code))
}

function toSettlement({ turn, delivery, verdict, answeredAtMs }: Waiting, nowMs: number): Settlement {
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
    answeredAgoMs: answeredAtMs === undefined ? undefined : nowMs - answeredAtMs,
  }
}
