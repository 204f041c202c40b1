import {
  type BroadcastKey,
  changeBroadcast,
  completeBroadcast,
  editBroadcastSlice,
  expandBroadcast,
  findBroadcast,
  findBroadcastsToEdit,
  findDueBroadcasts,
  finishBroadcastChange,
  type OpenBroadcast,
} from '@tellwire/db'
import { AdvanceBroadcast, DrainLane } from '@tellwire/jobs'
import { countUnknown } from '@tellwire/observability'
import type { WorkerContext } from '../context.js'
import type { Job } from './job.js'

/** How many users a statement expands, and rows it changes. */
const sliceSize = 2_000

/**
 * Goes on with a broadcast: carries out what was asked for, edits what was sent, brings recipients into their lanes, and notes
 * when all have ended. Each step is a statement of its own, so that it may end after any of them, and two
 * that run at once do no harm.
 */
export const advanceBroadcast: Job<typeof AdvanceBroadcast.payload> = {
  contract: AdvanceBroadcast,
  isLined: true,
  run: async (ctx, key) => ctx.broadcasts.add(key, () => advance(ctx, key)),
  findDue: async ({ engine }) => [...(await findDueBroadcasts(engine)), ...(await findBroadcastsToEdit(engine))],
}

/** @returns whether there is more to do. */
async function advance(ctx: WorkerContext, key: BroadcastKey): Promise<boolean> {
  // Whoever wants to stop a broadcast waits for no edit of what was sent.
  const changing = await findBroadcast(ctx.engine, key)
  const edited = changing && changing.change !== null ? undefined : await editBroadcastSlice(ctx.engine, key, sliceSize)
  const broadcast = edited ? undefined : changing
  const { hasMore, botIds } = edited ?? (broadcast ? await takeStep(ctx, broadcast) : { hasMore: false, botIds: [] })
  for (const botId of botIds) ctx.waker.wake(DrainLane, { botId })
  if (broadcast && !hasMore) await completeBroadcast(ctx.engine, key)
  return hasMore
}

async function takeStep(
  { engine, metrics }: WorkerContext,
  broadcast: OpenBroadcast,
): Promise<{ hasMore: boolean; botIds: string[] }> {
  const { change } = broadcast
  if (change !== null) {
    const { changed, botIds, unknown } = await changeBroadcast(engine, { ...broadcast, change }, sliceSize)
    countUnknown(metrics, 'cancelled', unknown)
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
