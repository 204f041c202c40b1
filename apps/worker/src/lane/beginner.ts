import { beginDeliveries, type Pool } from '@tellwire/db'
import { createBatcher } from './batcher.js'

/** Writes down that a call is about to be made that is not to be repeated. @returns whether the turn still has the row. */
export type Beginner = (delivery: { id: string; turnId: string }) => Promise<boolean>

const batchSizeMax = 500

export function createBeginner(engine: Pool): Beginner {
  return createBatcher({
    countMax: batchSizeMax,
    run: async (deliveries: readonly { id: string; turnId: string }[]) => {
      const begun = await beginDeliveries(engine, deliveries)
      return deliveries.map(({ id }) => begun.has(id))
    },
  })
}
