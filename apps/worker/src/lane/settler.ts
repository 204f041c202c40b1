import { setTimeout as delay } from 'node:timers/promises'
import { type Pool, settleDeliveries, type Settlement } from '@tellwire/db'
import type { Logger } from '@tellwire/observability'

export type Outcome = Omit<Settlement, 'turnId' | 'answeredAgoMs'> & {
  /** On this process's monotonic clock; undefined when no call was made. */
  answeredAtMs: number | undefined
}

interface Turn {
  turnId: string
  isHeld(): boolean
}

interface Waiting {
  turn: Turn
  outcome: Outcome
  addedAtMs: number
  /** Its turn waits for it no more. */
  isAbandoned: boolean
}

/** Records the outcomes of all lanes in batches: while batches are being written, the next is collected. */
export interface Settler {
  add(turn: Turn, outcome: Outcome): void
  /** Waits until all that the turn added is recorded, or its lease is over. */
  drained(turnId: string): Promise<void>
}

const retryEveryMs = 200
/** How long an outcome is kept that cannot be recorded. */
const keptForMs = 60_000
const batchSizeMax = 500
const statementsMax = 2

export function createSettler(ctx: { engine: Pool; log: Logger }): Settler {
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
    const settlements = batch.map(({ turn, outcome: { answeredAtMs, ...outcome } }) => ({
      ...outcome,
      turnId: turn.turnId,
      answeredAgoMs: answeredAtMs === undefined ? undefined : nowMs - answeredAtMs,
    }))
    try {
      await settleDeliveries(ctx.engine, settlements)
      for (const { turn, isAbandoned } of batch) if (!isAbandoned) finish(turn.turnId)
    } catch (error) {
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
      waiting = [...batch.filter(({ addedAtMs }) => performance.now() - addedAtMs < keptForMs), ...waiting]
    }
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
    add(turn, outcome) {
      const entry = open.get(turn.turnId) ?? { count: 0, whenDone: [] }
      entry.count++
      open.set(turn.turnId, entry)
      waiting.push({ turn, outcome, addedAtMs: performance.now(), isAbandoned: false })
      // What is added in the same tick goes together.
      queueMicrotask(writeIfFree)
    },
    drained(turnId) {
      const entry = open.get(turnId)
      return entry ? new Promise((resolve) => entry.whenDone.push(resolve)) : Promise.resolve()
    },
  }
}
