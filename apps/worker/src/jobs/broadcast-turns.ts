import type { BroadcastKey } from '@tellwire/db'
import { createGate } from '@tellwire/domain'

/**
 * Goes on with broadcasts a step at a time. Tenants take turns, so that the long audiences, or the many broadcasts, of one
 * hold up nobody else's.
 */
export interface BroadcastTurns {
  /** Does a step of a broadcast when its turn comes, and again as long as `step` answers that there is more. Never fails. */
  add(key: BroadcastKey, step: () => Promise<boolean>): void
  /** Begins no further step, and waits for those that have begun: the sweep of another process goes on with the rest. */
  close(): Promise<void>
}

/** One of a tenant at a time: its broadcasts are no reason for the database to do nothing else. */
const bounds = { runningMax: 2, runningOfOwnerMax: 1, waitingOfOwnerMax: Infinity }

export function createBroadcastTurns(onError: (error: unknown, key: BroadcastKey) => void): BroadcastTurns {
  const gate = createGate(bounds)
  /** Broadcasts that wait or are gone on with, and whether that was asked for again meanwhile. */
  const known = new Map<string, { isAskedAgain: boolean }>()
  const turns = new Set<Promise<void>>()
  let isClosed = false

  const takeTurn = async (key: BroadcastKey, step: () => Promise<boolean>): Promise<void> => {
    if (isClosed) return
    const state = known.get(key.notificationId)
    if (state) state.isAskedAgain = false
    let hasMore = false
    try {
      hasMore = await step()
    } catch (error) {
      onError(error, key)
    }
    known.delete(key.notificationId)
    if (hasMore || state?.isAskedAgain) add(key, step)
  }

  const add: BroadcastTurns['add'] = (key, step) => {
    const state = known.get(key.notificationId)
    if (state) {
      state.isAskedAgain = true
      return
    }
    known.set(key.notificationId, { isAskedAgain: false })
    const turn = gate.pass(key.tenantId, () => takeTurn(key, step)).finally(() => turns.delete(turn))
    turns.add(turn)
  }

  return {
    add,
    async close() {
      isClosed = true
      await Promise.all(turns)
    },
  }
}
