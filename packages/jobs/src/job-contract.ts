import type { Static, TObject } from 'typebox'

/**
 * What producer and consumer of a job share. Jobs are hints: the record is in Postgres, so a job may be
 * lost, doubled or late without harm, and carries ids only.
 */
export interface JobContract<Schema extends TObject = TObject> {
  /** The queue's name and the job's name. */
  name: string
  payload: Schema
  /**
   * Two jobs with one key never wait together, and one that is added while another runs follows it.
   * Such a job must never have a delay: a delayed one swallows every later wake-up of its key.
   */
  key: (payload: Static<Schema>) => string
  /** How many jobs of this kind one process runs at a time. */
  concurrency: number
  /** Whether listeners are also told directly, by `onAnnounced`. */
  isAnnounced?: boolean
}

export function defineJob<Schema extends TObject>(contract: JobContract<Schema>): JobContract<Schema> {
  return contract
}
