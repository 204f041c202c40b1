import { leaveDuty, newId, takeDuty } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

/** What one worker of all does at a time. */
export interface Duty {
  /** Until when it is nobody else's, in milliseconds of this process's monotonic clock; 0 while it is another's. */
  readonly untilMs: number
  /**
   * Takes or keeps it. For two thirds of its lease at least nobody else takes it then, unless the database's clock jumps.
   * @returns false while it is another's.
   */
  take(): Promise<boolean>
  /** Lets another worker have it at once. Does not fail: its lease ends by itself. */
  leave(): Promise<void>
}

/** Of its lease: while so much of it is left it is not asked for again. */
const keptFor = 2 / 3

/** @param leaseMs after which others may have it, where it was not taken again. */
export function createDuty(
  { engine, log }: Pick<WorkerContext, 'engine' | 'log'>,
  { name, leaseMs }: { name: string; leaseMs: number },
): Duty {
  const duty = { name, holderId: newId(), leaseMs }
  let untilMs = 0
  return {
    get untilMs() {
      return untilMs
    },
    async take() {
      const askedAtMs = performance.now()
      if (askedAtMs < untilMs - keptFor * leaseMs) return true
      const isMine = await takeDuty(engine, duty)
      untilMs = isMine ? askedAtMs + leaseMs : 0
      return isMine
    },
    async leave() {
      untilMs = 0
      await leaveDuty(engine, duty).catch((error: unknown) =>
        log.warn({ err: error, duty: name }, 'a duty was not left'),
      )
    },
  }
}

/** Does work again and again, on one worker of all; it is a worker's for as long as that comes back to it. */
export function everyOnDuty(
  ctx: WorkerContext,
  { name, everyMs, leaseMs }: { name: string; everyMs: number; leaseMs: number },
  work: () => Promise<void>,
): Repeating {
  const duty = createDuty(ctx, { name, leaseMs })
  const looking = every(everyMs, ctx, name, async () => {
    if (await duty.take()) await work()
  })
  return {
    async stop() {
      await looking.stop()
      await duty.leave()
    },
  }
}

/** Work that one worker of all does, one item after the other. */
export interface ItemWork<Item extends { id: string }> {
  name: string
  everyMs: number
  /** For how long the others leave it alone: one and a half times as long as a slice of the work takes, or longer. */
  leaseMs: number
  /** Looks for what is to be done next, which costs no duty. */
  find: () => Promise<Item | null>
  /** `keep` takes the duty anew, before each slice of long work; it throws where somebody else has it, or the process stops. */
  work: (item: Item, keep: () => Promise<void>) => Promise<void>
  /** Puts an item off that did not succeed, so that it holds up no other. */
  putOff: (item: Item) => Promise<void>
}

/** Does what there is to do, on this worker or another. */
export function onDuty<Item extends { id: string }>(
  ctx: WorkerContext,
  { name, everyMs, leaseMs, find, work, putOff }: ItemWork<Item>,
): Repeating {
  const { log, stopping } = ctx
  const duty = createDuty(ctx, { name, leaseMs })
  const keep = async (): Promise<void> => {
    if (stopping.aborted || !(await duty.take())) throw new Error('it is to be done by somebody else')
  }
  const looking = every(everyMs, ctx, name, async () => {
    let item = await find()
    if (item === null || !(await duty.take())) return
    for (; item !== null && !stopping.aborted; item = await find()) {
      try {
        await work(item, keep)
      } catch (error) {
        log.warn({ err: error, duty: name, id: item.id }, 'work is put off')
        if (stopping.aborted) break
        await putOff(item)
      }
      // Others may have it since.
      if (!(await duty.take())) return
    }
    await duty.leave()
  })
  return {
    async stop() {
      await looking.stop()
      await duty.leave()
    },
  }
}
