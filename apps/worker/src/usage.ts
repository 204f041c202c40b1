import { hasNewEvents, leaveDuty, newId, rollUpUsage, takeDuty } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

const lookEveryMs = 2_000
const dutyLeaseMs = 10_000

/** Sums up what tenants use, as it happens; one worker of all does so. Where nothing happens it costs a look. */
export function startUsage(ctx: WorkerContext): Repeating {
  const { engine, log } = ctx
  const duty = { name: 'usage', holderId: newId(), leaseMs: dutyLeaseMs }
  const looking = every(lookEveryMs, ctx, 'usage', async () => {
    if (!(await takeDuty(engine, duty))) return
    if (!(await hasNewEvents(engine, 'usage'))) return
    for (let hasMore = true; hasMore && !ctx.stopping.aborted;) ({ hasMore } = await rollUpUsage(engine))
  })
  return {
    async stop() {
      await looking.stop()
      await leaveDuty(engine, duty).catch((error: unknown) => log.warn({ err: error }, 'the usage was not left'))
    },
  }
}
