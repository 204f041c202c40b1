import type { Static, TObject } from 'typebox'
import type { Announcement } from './announcements.js'

/**
 * Producer and consumer of a job share its contract. Jobs are hints: the record is in Postgres, so a job may be
 * lost, doubled or late without harm, and carries ids only.
 */
export interface JobContract<Schema extends TObject = TObject> {
  /** The queue's name and the job's name. */
  name: string
  payload: Schema
  /**
   * Two jobs with one key never wait together, and one that is added while another runs follows it.
   * A job must never have a delay: a delayed one swallows every later wake-up of its key.
   */
  key: (payload: Static<Schema>) => string
  /** How many jobs of this kind one process runs at a time. */
  concurrency: number
  /** Is made with every wake-up, under the same key. */
  announcement?: Announcement
}

export function defineJob<Schema extends TObject>(contract: JobContract<Schema>): JobContract<Schema> {
  return contract
}
