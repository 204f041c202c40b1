import { readEventGate, rollUpUsage } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { onDuty } from './duty.js'
import type { Repeating } from './every.js'

/** Sums up what tenants use, as it happens. Where nothing happens it costs a look at the clock of transactions. */
export function startUsage(ctx: WorkerContext): Repeating {
  const { engine, stopping } = ctx
  let lastGate = ''
  return onDuty(ctx, {
    name: 'usage',
    everyMs: 1_000,
    leaseMs: 10_000,
    async work() {
      const { xmin } = await readEventGate(engine)
      if (String(xmin) === lastGate) return
      for (let hasMore = true; hasMore && !stopping.aborted;) ({ hasMore } = await rollUpUsage(engine))
      lastGate = String(xmin)
    },
  })
}
