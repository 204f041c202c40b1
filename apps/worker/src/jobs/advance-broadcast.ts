import {
  type BroadcastKey,
  changeBroadcast,
  completeBroadcast,
  expandBroadcast,
  findBroadcast,
  finishBroadcastChange,
  type OpenBroadcast,
} from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import type { WorkerContext } from '../context.js'

/** Users a statement expands, and rows that a statement changes. */
const sliceSize = 2_000

/**
 * Goes on with a broadcast: carries out what was asked for, brings recipients into their lanes, and notes
 * when all have ended. Each step is a statement of its own, so that it may end after any of them, and two
 * that run at once do no harm.
 */
export async function advanceBroadcast(ctx: WorkerContext, key: BroadcastKey): Promise<void> {
  while (!ctx.stopping.aborted) {
    const broadcast = await findBroadcast(ctx.engine, key)
    if (!broadcast) return
    const { hasMore, botIds } = await takeStep(ctx, broadcast)
    for (const botId of botIds) ctx.waker.wake(DrainLane, { botId })
    if (!hasMore) {
      await completeBroadcast(ctx.engine, key)
      return
    }
  }
}

async function takeStep(
  { engine, metrics }: WorkerContext,
  broadcast: OpenBroadcast,
): Promise<{ hasMore: boolean; botIds: string[] }> {
  const { change } = broadcast
  if (change !== undefined) {
    const { changed, botIds } = await changeBroadcast(engine, { ...broadcast, change }, sliceSize)
    if (changed > 0) return { hasMore: true, botIds }
    await finishBroadcastChange(engine, { ...broadcast, change })
    // A cancelled row that is in flight is looked at again by the sweep.
    return { hasMore: change === 'resume', botIds: [] }
  }
  if (broadcast.isExpanded || broadcast.isPaused) return { hasMore: false, botIds: [] }
  const slice = await expandBroadcast(engine, broadcast, sliceSize)
  metrics.expanded.inc(slice.recipients)
  return slice
}
