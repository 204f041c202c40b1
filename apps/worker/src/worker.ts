import { AdvanceBroadcast, consume, DrainLane, HandleUpdates } from '@tellwire/jobs'
import type { WorkerContext } from './context.js'
import { advanceBroadcast } from './jobs/advance-broadcast.js'
import { drainLane } from './jobs/drain-lane.js'
import { handleUpdates } from './jobs/handle-updates.js'
import { listenForWakeUps } from './lane/listen-for-wake-ups.js'
import { startPolling } from './poll-updates.js'
import { startSweep, startUpkeep } from './sweep.js'

export interface RunningWorker {
  /** Takes nothing new, lets what is under way finish, and hands over the rest. */
  stop(): Promise<void>
}

/** All that this process does: the jobs it consumes and what it does by itself. */
export function startWorker(ctx: Omit<WorkerContext, 'stopping'>): RunningWorker {
  const stopping = new AbortController()
  const context: WorkerContext = { ...ctx, stopping: stopping.signal }
  const onError = (error: Error): void => ctx.log.warn({ err: error }, 'queue')

  const parts = [startUpkeep(context), startPolling(context), startSweep(context), listenForWakeUps(context)]
  const consumers = [
    consume(ctx.jobs, DrainLane, (payload) => drainLane(context, payload), onError),
    consume(ctx.jobs, HandleUpdates, (payload) => handleUpdates(context, payload), onError),
    consume(ctx.jobs, AdvanceBroadcast, (payload) => advanceBroadcast(context, payload), onError),
  ]

  return {
    async stop() {
      stopping.abort()
      const ends = await Promise.allSettled([
        ...parts.map((part) => part.stop()),
        ...consumers.map((consumer) => consumer.close()),
      ])
      for (const end of ends)
        if (end.status === 'rejected') ctx.log.warn({ err: end.reason }, 'a part did not stop well')
    },
  }
}
