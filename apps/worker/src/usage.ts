import { leaveDuty, newId, readEventGate, rollUpUsage, takeDuty } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

const lookEveryMs = 1_000
const dutyLeaseMs = 10_000

/** Sums up what tenants use, as it happens; one worker of all does so. Where nothing happens it costs a look at the clock of transactions. */
export function startUsage(ctx: WorkerContext): Repeating {
  const { engine, log } = ctx
  const duty = { name: 'usage', holderId: newId(), leaseMs: dutyLeaseMs }
  let lastGate = ''
  const looking = every(lookEveryMs, ctx, 'usage', async () => {
    if (!(await takeDuty(engine, duty))) return
    const { xmin } = await readEventGate(engine)
    if (String(xmin) === lastGate) return
    for (let hasMore = true; hasMore && !ctx.stopping.aborted;) ({ hasMore } = await rollUpUsage(engine))
    lastGate = String(xmin)
  })
  return {
    async stop() {
      await looking.stop()
      await leaveDuty(engine, duty).catch((error: unknown) => log.warn({ err: error }, 'the usage was not left'))
    },
  }
}
