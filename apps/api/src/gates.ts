import { createGate, type Gate } from '@tellwire/domain'

/**
 * The gates through which the work of requests passes, by what it takes: `statements` of the database, `searches` that
 * look through much, `streams` that catch up with events, calls of `telegram` that may take seconds, `uploads`, and `downloads`, which take as long as whoever asked
 * reads.
 */
export type GateName = 'statements' | 'searches' | 'streams' | 'telegram' | 'uploads' | 'downloads'
export type Gates = Record<GateName, Gate>

export function createGates(): Gates {
  return {
    statements: createGate({ runningMax: 32, runningOfOwnerMax: 6, waitingOfOwnerMax: 500 }),
    searches: createGate({ runningMax: 4, runningOfOwnerMax: 2, waitingOfOwnerMax: 50 }),
    streams: createGate({ runningMax: 6, runningOfOwnerMax: 3, waitingOfOwnerMax: 200 }),
    telegram: createGate({ runningMax: 32, runningOfOwnerMax: 4, waitingOfOwnerMax: 100 }),
    uploads: createGate({ runningMax: 32, runningOfOwnerMax: 4, waitingOfOwnerMax: 50 }),
    downloads: createGate({ runningMax: 128, runningOfOwnerMax: 8, waitingOfOwnerMax: 50 }),
  }
}
