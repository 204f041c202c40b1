import { leaveDuty, newId, takeDuty } from '@tellwire/db'
import { erase, findDueErasure, putOffErasure } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

const lookEveryMs = 1_000
/** Longer than a slice of an erasure takes: before each one the duty is taken anew. */
const dutyLeaseMs = 120_000

/** Removes persons and tenants whose time has come; one worker of all does so, one after the other. */
export function startErasures(ctx: WorkerContext): Repeating {
  const duty = { name: 'erasures', holderId: newId(), leaseMs: dutyLeaseMs }
  const looking = every(lookEveryMs, ctx, 'erasures', async () => {
    const erasure = await findDueErasure(ctx.db)
    if (!erasure || !(await takeDuty(ctx.engine, duty))) return
    const removeFile = (key: string) => ctx.files.remove(key)
    const beforeSlice = async (): Promise<void> => {
      const isStillOurs = !ctx.stopping.aborted && (await takeDuty(ctx.engine, duty))
      if (!isStillOurs) throw new Error('it is to be done by somebody else')
    }
    try {
      await erase({ ...openSystemScope(ctx, 'erasures'), removeFile, beforeSlice }, erasure)
    } catch (error) {
      ctx.log.warn({ err: error, erasureId: erasure.id }, 'an erasure is put off')
      if (!ctx.stopping.aborted) await putOffErasure(ctx.db, erasure)
    }
    await leaveDuty(ctx.engine, duty)
  })
  return {
    async stop() {
      await looking.stop()
      await leaveDuty(ctx.engine, duty).catch((error: unknown) => ctx.log.warn({ err: error }, 'a duty was not left'))
    },
  }
}
