import { leaveDuty, newId, takeDuty } from '@tellwire/db'
import { erase, findDueErasure } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

const lookEveryMs = 1_000
/** Longer than the longest slice of an erasure takes. */
const dutyLeaseMs = 120_000

/** Removes persons and tenants whose time has come; one worker of all does so, one after the other. */
export function startErasures(ctx: WorkerContext): Repeating {
  const duty = { name: 'erasures', holderId: newId(), leaseMs: dutyLeaseMs }
  const looking = every(lookEveryMs, ctx, 'erasures', async () => {
    const erasure = await findDueErasure(ctx.db)
    if (!erasure || !(await takeDuty(ctx.engine, duty))) return
    const removeFile = (key: string) => ctx.files.remove(key)
    await erase({ ...openSystemScope(ctx, 'erasures'), removeFile }, erasure)
    await leaveDuty(ctx.engine, duty)
  })
  return {
    async stop() {
      await looking.stop()
      await leaveDuty(ctx.engine, duty).catch((error: unknown) => ctx.log.warn({ err: error }, 'a duty was not left'))
    },
  }
}
