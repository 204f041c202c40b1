import type { JobContract } from '@tellwire/jobs'
import type { Static, TObject } from 'typebox'
import type { WorkerContext } from '../context.js'

/** Work that a worker does when it is told to, or when it finds that nobody was. */
export interface Job<Schema extends TObject = TObject> {
  contract: JobContract<Schema>
  run: (ctx: WorkerContext, payload: Static<Schema>) => Promise<void>
  /** It only joins a line of this process, which has bounds of its own. */
  isLined?: boolean
  /** Finds work that no wake-up told of. */
  findDue?: (ctx: WorkerContext) => Promise<Static<Schema>[]>
}
