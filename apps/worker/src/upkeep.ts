import { addPartitions, applyRetention, deleteExpired, findStrayRows, type Searched } from '@tellwire/db'
import { removeUnusedFiles } from '@tellwire/domain'
import type { WorkerContext } from './context.js'
import { createDuty } from './duty.js'
import { every, type Repeating } from './every.js'

const upkeepEveryMs = 3_600_000
/** Four weeks: so long may whoever reads all the time keep partitions from being made. */
const partitionDaysAhead = 28

/** Far longer than a slice takes, before each of which it is taken again; one worker of all removes what is no longer kept. */
const retentionLeaseMs = 600_000

/** Makes the coming weeks' partitions, and deletes what has expired or is no longer kept: whatever becomes of the one, the other goes on. */
export function startUpkeep(ctx: WorkerContext): Repeating {
  const retention = createDuty(ctx, { name: 'retention', leaseMs: retentionLeaseMs })
  const searched: Searched = new Map()
  const partitioning = every(upkeepEveryMs, ctx, 'partitioning', async () => {
    await addPartitions(ctx.engine, partitionDaysAhead, (error) =>
      ctx.log.warn({ err: error }, 'partitions could not be made yet'),
    )
    const parents = await findStrayRows(ctx.engine)
    if (parents.length > 0) ctx.log.warn({ parents }, 'rows are outside of the partitions')
  })
  const onError = (error: unknown): void => {
    if (!ctx.stopping.aborted) ctx.log.warn({ err: error }, 'what is no longer kept could not all be removed')
  }
  const keep = async (): Promise<void> => {
    ctx.stopping.throwIfAborted()
    if (!(await retention.take())) throw new Error('another worker removes what is no longer kept')
  }
  const removal = every(upkeepEveryMs, ctx, 'removal', async () => {
    if (!(await retention.take())) return
    try {
      await deleteExpired(ctx.engine, { onError, beforePart: keep })
      const { dropped, removed } = await applyRetention(ctx.db, { searched, beforeSlice: keep, onError })
      if (dropped.length > 0) ctx.log.info({ dropped, removed }, 'what is no longer kept was removed')
      const files = await removeUnusedFiles(ctx.db, { removeContent: (key) => ctx.files.remove(key), beforeFile: keep })
      if (files > 0) ctx.log.info({ files }, 'files that nothing names any more were removed')
    } finally {
      await retention.leave()
    }
  })
  return {
    async stop() {
      await Promise.all([partitioning.stop(), removal.stop()])
    },
  }
}
