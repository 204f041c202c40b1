import { hasNewEvents, rollUpUsage } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { everyOnDuty } from './duty.js'
import type { Repeating } from './every.js'

const lookEveryMs = 2_000
const dutyLeaseMs = 10_000

/** Sums up what tenants use, as it happens; one worker of all does so. Where nothing happens it costs a look. */
export function startUsage(ctx: WorkerContext): Repeating {
  const { engine, stopping } = ctx
  return everyOnDuty(ctx, { name: 'usage', everyMs: lookEveryMs, leaseMs: dutyLeaseMs }, async () => {
    if (!(await hasNewEvents(engine, 'usage'))) return
    for (let hasMore = true; hasMore && !stopping.aborted;) ({ hasMore } = await rollUpUsage(engine))
  })
}
