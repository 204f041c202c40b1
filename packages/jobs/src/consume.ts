import { setTimeout as delay } from 'node:timers/promises'
import { UnrecoverableError } from 'bullmq'
import type { Static, TObject } from 'typebox'
import { Check } from 'typebox/value'
import type { JobBackend } from './backend.js'
import type { JobContract } from './job-contract.js'

export interface JobConsumer {
  /** Takes nothing new and waits until what runs has finished. */
  close(): Promise<void>
}

const closeMaxMs = 2_000

/**
 * Runs `handler` for every job of a contract. A job whose worker was killed is taken over in about six
 * seconds, any number of times; a payload that does not fit the contract fails for good.
 */
export function consume<Schema extends TObject>(
  backend: JobBackend,
  contract: JobContract<Schema>,
  handler: (payload: Static<Schema>) => Promise<void>,
  onError: (error: Error) => void,
): JobConsumer {
  const open = new Set<Promise<void>>()
  const worker = backend.createWorker(
    contract.name,
    async (job) => {
      if (!Check(contract.payload, job.data)) throw new UnrecoverableError(`malformed payload of ${contract.name}`)
      const running = handler(job.data)
      open.add(running)
      await running.finally(() => open.delete(running))
    },
    {
      concurrency: contract.concurrency,
      lockDuration: 5_000,
      runRetryDelay: 1_000,
      stalledInterval: 2_000,
      maxStalledCount: 1_000_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 100 },
    },
  )
  worker.on('error', onError)
  worker.on('failed', (_job, error) => onError(error))
  return {
    async close() {
      const closed = worker.close()
      closed.catch(onError)
      await Promise.allSettled(open)
      // Without its store a worker cannot say goodbye. The jobs are hints, and nobody misses one.
      await Promise.race([closed, delay(closeMaxMs)]).catch(() => undefined)
    },
  }
}
