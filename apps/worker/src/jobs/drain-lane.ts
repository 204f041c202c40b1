import { DrainLane } from '@tellwire/jobs'
import type { WorkerContext } from '../context.js'
import { takeTurn } from '../lane/take-turn.js'

/** Drains a bot's lane for a while. Any number may be asked for: one at a time gets the lane. */
export async function drainLane(ctx: WorkerContext, { botId }: { botId: string }): Promise<void> {
  const hasMore = await takeTurn(ctx, botId)
  if (hasMore && !ctx.stopping.aborted) ctx.waker.wake(DrainLane, { botId })
}
