import type { Static, TObject } from 'typebox'
import type { WorkerContext } from '../context.js'
import type { Job } from './job.js'

type Payload = Static<TObject>

/** Work that this process does without the queue. */
export interface OwnWork {
  /**
   * Begins as much of it as this process would take from the queue at a time; what is left of it is due the next time too.
   */
  begin(job: Job, due: readonly Payload[]): void
  /** Resolves when what was begun has ended. */
  ended(): Promise<void>
}

/** @param random between 0 and 1: whoever is first in a list that stays long is not the first each time. */
export function createOwnWork(ctx: WorkerContext, random: () => number = Math.random): OwnWork {
  const underWay = new Map<string, Map<string, Promise<void>>>()
  return {
    begin({ contract, run, isLined }, due) {
      const ofJob = underWay.get(contract.name) ?? new Map<string, Promise<void>>()
      underWay.set(contract.name, ofJob)
      const first = Math.floor(random() * due.length)
      for (const payload of [...due.slice(first), ...due.slice(0, first)]) {
        if (!isLined && ofJob.size >= contract.concurrency) return
        const key = contract.key(payload)
        if (ofJob.has(key)) continue
        const done = run(ctx, payload)
          .catch((error: unknown) => ctx.log.warn({ err: error }, 'work without the queue failed'))
          .finally(() => ofJob.delete(key))
        ofJob.set(key, done)
      }
    },
    async ended() {
      await Promise.all([...underWay.values()].flatMap((ofJob) => [...ofJob.values()]))
    },
  }
}
