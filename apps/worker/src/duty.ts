import { leaveDuty, newId, takeDuty } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

/** Does work again and again, on one worker of all; it is a worker's for as long as that comes back to it. */
export function everyOnDuty(
  ctx: WorkerContext,
  { name, everyMs, leaseMs }: { name: string; everyMs: number; leaseMs: number },
  work: () => Promise<void>,
): Repeating {
  const { engine, log } = ctx
  const duty = { name, holderId: newId(), leaseMs }
  const looking = every(everyMs, ctx, name, async () => {
    if (await takeDuty(engine, duty)) await work()
  })
  return {
    async stop() {
      await looking.stop()
      await leaveDuty(engine, duty).catch((error: unknown) =>
        log.warn({ err: error, duty: name }, 'a duty was not left'),
      )
    },
  }
}

/** Work that one worker of all does, one item after the other. */
export interface Duty<Item extends { id: string }> {
  name: string
  everyMs: number
  /** For how long the others leave it alone: longer than a slice of the work takes. */
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
  { name, everyMs, leaseMs, find, work, putOff }: Duty<Item>,
): Repeating {
  const { engine, log, stopping } = ctx
  const duty = { name, holderId: newId(), leaseMs }
  const keep = async (): Promise<void> => {
    if (stopping.aborted || !(await takeDuty(engine, duty))) throw new Error('it is to be done by somebody else')
  }
  const looking = every(everyMs, ctx, name, async () => {
    let item = await find()
    if (item === null || !(await takeDuty(engine, duty))) return
    for (; item !== null && !stopping.aborted; item = await find()) {
      try {
        await work(item, keep)
      } catch (error) {
        log.warn({ err: error, duty: name, id: item.id }, 'work is put off')
        if (stopping.aborted) break
        await putOff(item)
      }
      // Others may have it since.
      if (!(await takeDuty(engine, duty))) return
    }
    await leaveDuty(engine, duty)
  })
  return {
    async stop() {
      await looking.stop()
      await leaveDuty(engine, duty).catch((error: unknown) =>
        log.warn({ err: error, duty: name }, 'a duty was not left'),
      )
    },
  }
}
