import { addPartitions, deleteExpired, findStrayRows } from '@tellwire/db'
import type { WorkerContext } from './context.js'
import { every, type Repeating } from './every.js'

const upkeepEveryMs = 3_600_000
/** Four weeks: so long may whoever reads all the time keep partitions from being made. */
const partitionDaysAhead = 28

/** Makes the coming weeks' partitions and deletes what has expired. */
export function startUpkeep(ctx: WorkerContext): Repeating {
  return every(upkeepEveryMs, ctx, 'upkeep', async () => {
    await addPartitions(ctx.engine, partitionDaysAhead).catch((error: unknown) =>
      ctx.log.warn({ err: error }, 'partitions could not be made yet'),
    )
    const parents = await findStrayRows(ctx.engine)
    if (parents.length > 0) ctx.log.warn({ parents }, 'rows are outside of the partitions')
    await deleteExpired(ctx.engine)
  })
}
