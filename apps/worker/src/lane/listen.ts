import { BotChanged, DeliveriesWithdrawn, LaneOffered, LaneWakeUp, onAnnounced } from '@tellwire/jobs'
import type { WorkerContext } from '../context.js'
import type { Repeating } from '../every.js'
import { drainLane } from '../jobs/drain-lane.js'

/**
 * Hears what is said to every worker, some milliseconds before a job would tell it. A lane that this process drains, or
 * drained a moment ago, is looked at right away, and so is one that another worker lets go; any other is left to whoever gets
 * the job.
 */
export function listen(ctx: WorkerContext): Repeating {
  const turns = new Set<Promise<void>>()
  const drainIfFamiliar = (botId: string): void => {
    if (!ctx.lanes.wake(botId) && ctx.lanes.isFamiliar(botId)) drainHere(botId)
  }
  const takeIfRoom = (botId: string): void => {
    if (ctx.lanes.hasRoom()) drainHere(botId)
  }
  const drainHere = (botId: string): void => {
    if (ctx.stopping.aborted) return
    const turn = drainLane
      .run(ctx, { botId })
      .catch((error: unknown) => ctx.log.warn({ err: error, botId }, 'a turn failed'))
      .finally(() => turns.delete(turn))
    turns.add(turn)
  }
  const listening = [
    onAnnounced(ctx.jobs, LaneWakeUp, drainIfFamiliar),
    onAnnounced(ctx.jobs, LaneOffered, takeIfRoom),
    onAnnounced(ctx.jobs, DeliveriesWithdrawn, (key) => ctx.lanes.withdraw(key)),
    onAnnounced(ctx.jobs, BotChanged, () => void ctx.leases.renew()),
  ]
  return {
    async stop() {
      await Promise.all(listening.map((one) => one.stop()))
      await Promise.all(turns)
    },
  }
}
