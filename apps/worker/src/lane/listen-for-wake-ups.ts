import { LaneWakeUp, onAnnounced } from '@tellwire/jobs'
import type { WorkerContext } from '../context.js'
import type { Repeating } from '../every.js'
import { drainLane } from '../jobs/drain-lane.js'

/**
 * Hears of new deliveries some milliseconds before their job arrives. A lane that this process drains, or
 * drained a moment ago, is looked at right away; any other is left to whoever gets the job.
 */
export function listenForWakeUps(ctx: WorkerContext): Repeating {
  const turns = new Set<Promise<void>>()
  const listening = onAnnounced(ctx.jobs, LaneWakeUp, (botId) => {
    if (ctx.lanes.wake(botId) || !ctx.lanes.isFamiliar(botId) || ctx.stopping.aborted) return
    const turn = drainLane
      .run(ctx, { botId })
      .catch((error: unknown) => ctx.log.warn({ err: error, botId }, 'a turn failed'))
      .finally(() => turns.delete(turn))
    turns.add(turn)
  })
  return {
    async stop() {
      await listening.stop()
      await Promise.all(turns)
    },
  }
}
