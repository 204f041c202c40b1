import { leaveDuty, newId, takeDuty } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

/** Work that one worker of all does. */
export interface Duty {
  name: string
  everyMs: number
  /** For how long the others leave it alone. */
  leaseMs: number
  /** `keep` takes the duty anew, before each slice of long work; it throws where somebody else has it, or the process stops. */
  work: (keep: () => Promise<void>) => Promise<void>
  /** Looks whether there is anything to do, without taking the duty. Without it there always is. */
  isNeeded?: () => Promise<boolean>
}

/** Does work again and again, on this worker or another. */
export function onDuty(ctx: WorkerContext, { name, everyMs, leaseMs, work, isNeeded }: Duty): Repeating {
  const { engine, log, stopping } = ctx
  const duty = { name, holderId: newId(), leaseMs }
  const keep = async (): Promise<void> => {
    if (stopping.aborted || !(await takeDuty(engine, duty))) throw new Error('it is to be done by somebody else')
  }
  const looking = every(everyMs, ctx, name, async () => {
    if (isNeeded && !(await isNeeded())) return
    if (await takeDuty(engine, duty)) await work(keep)
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
