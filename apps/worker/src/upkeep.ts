import { deleteExpired, ensurePartitions } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

const upkeepEveryMs = 3_600_000
const partitionDaysAhead = 7

/** Makes the coming days' partitions and deletes what has expired. */
export function startUpkeep(ctx: WorkerContext): Repeating {
  return every(upkeepEveryMs, ctx, 'upkeep', async () => {
    await ensurePartitions(ctx.engine, partitionDaysAhead)
    await deleteExpired(ctx.engine)
  })
}
