import { consume } from '@tellwire/jobs'
import { startReconciling } from './bots/reconcile-webhooks.js'
import { startMoves } from './bots/start-moves.js'
import type { WorkerContext } from './context.js'
import { jobs } from './jobs/jobs.js'
import { listen } from './lane/listen.js'
import { startQuestions } from './questions.js'
import { startSweep } from './sweep.js'
import { startPolling } from './updates/poll-updates.js'
import { startErasures } from './erasures.js'
import { startUpkeep } from './upkeep.js'
import { startUsage } from './usage.js'
import { startWebhooks } from './webhooks/start-webhooks.js'

export interface RunningWorker {
  /** Takes nothing new, lets what is under way finish, and hands over the rest. */
  stop(): Promise<void>
}

/** Starts all that this process does: the jobs it consumes and what it does by itself. */
export function startWorker(ctx: Omit<WorkerContext, 'stopping'>): RunningWorker {
  const stopping = new AbortController()
  const context: WorkerContext = { ...ctx, stopping: stopping.signal }
  const onError = (error: Error): void => ctx.log.warn({ err: error }, 'queue')

  const parts = [
    startUpkeep(context),
    startPolling(context),
    startSweep(context),
    startQuestions(context),
    startReconciling(context),
    startWebhooks(context),
    startErasures(context),
    startMoves(context),
    startUsage(context),
    listen(context),
  ]
  const consumers = jobs.map(({ contract, run }) =>
    consume(ctx.jobs, contract, (payload) => run(context, payload), onError),
  )

  return {
    async stop() {
      stopping.abort()
      const ends = await Promise.allSettled([
        ...parts.map((part) => part.stop()),
        ...consumers.map((consumer) => consumer.close()),
        ctx.broadcasts.close(),
      ])
      for (const end of ends)
        if (end.status === 'rejected') ctx.log.warn({ err: end.reason }, 'a part did not stop well')
    },
  }
}
