import { findDueLanes } from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import { takeTurn } from '../lane/take-turn.js'
import type { Job } from './job.js'

/** Drains a bot's lane for a while. Any number may be asked for: one at a time gets the lane. */
export const drainLane: Job<typeof DrainLane.payload> = {
  contract: DrainLane,
  async run(ctx, { botId }) {
    const hasMore = await takeTurn(ctx, botId)
    if (hasMore && !ctx.stopping.aborted) ctx.waker.wake(DrainLane, { botId })
  },
  findDue: async ({ engine }) => (await findDueLanes(engine)).map((botId) => ({ botId })),
}
