import type { Pool } from 'pg'
import { nilUuid } from '../ids.js'
import { run } from '../sql.js'
import { claim, positions, wanted } from './claim-statement.js'
import { type ClaimedDelivery, type Row, toClaimedDelivery } from './claimed-delivery.js'

/** What one tenant has had of a lane's priority, and where the scan of its chats goes on. */
export interface TenantPosition {
  priority: number
  tenantId: string
  /** The chat that was served last. */
  chatId: string
  /**
   * The tenant's virtual time: grows by 1/weight with every delivery that is taken. Null for one that nothing
   * was taken from lately: it begins where the least served of the others is.
   */
  finishTime: number | null
  /** The same for what was sent of it; null where nothing was lately. */
  sentFinishTime: number | null
}

export interface ClaimRequest {
  botId: string
  turnId: string
  /** By priority (0 is `high`): how many to take at most; a priority with none is not looked at. */
  countsMax: readonly number[]
  /** By priority: the virtual time at which a tenant begins when there is none to compare it with. */
  virtualTimes: readonly number[]
  positions: readonly TenantPosition[]
  /** Chats that are not to be taken from. */
  busyChats: readonly string[]
  /** By priority: the tenant after which the scan begins; the nil UUID for the start. */
  afterTenants: readonly string[]
  /** How many heads of a priority may be passed over before the scan gives up. */
  lookahead: number
}

export interface Claim {
  /** In the order in which their turn comes. */
  deliveries: ClaimedDelivery[]
  /** Rows that are not of the form that they should have. */
  unreadable: { id: string; isGroup: boolean; error: unknown }[]
  /** In how many milliseconds the first of the heads that were passed over is due, as far as the database knows. */
  nextDueInMs: number | undefined
  /** Chats that were passed over because they are among `busyChats`, or have a delivery of this turn. */
  waitingChats: string[]
  /** Whether every head of the priorities that were asked for was looked at. */
  isComplete: boolean
  /** By priority: where the next scan begins. */
  afterTenants: string[]
}

interface Summary {
  areChatsComplete: boolean
  nextDueInMs: number | null
  waitingChats: string[]
  afterTenants: string[]
}

/**
 * Takes heads of a lane, at most one for each chat, and marks them as in flight in the same statement.
 * Takes nothing when `turnId` no longer holds the lane.
 */
export async function claimDeliveries(engine: Pool, request: ClaimRequest): Promise<Claim> {
  const rows = await run<Summary & (Row | { id: null })>(engine, claim, [
    request.botId,
    request.turnId,
    ...wanted.values(
      request.countsMax.map((countMax, priority) => ({
        priority,
        countMax,
        virtualTime: request.virtualTimes[priority],
        afterTenant: request.afterTenants[priority],
      })),
    ),
    ...positions.values(request.positions),
    request.lookahead,
    request.busyChats,
  ])
  const [summary] = rows
  const afterTenants = summary?.afterTenants ?? []
  const isWholeLane = [...request.afterTenants, ...afterTenants].every((tenantId) => tenantId === nilUuid)
  const dueInMs = summary?.nextDueInMs
  const unreadable: Claim['unreadable'] = []
  const read = (row: Row): ClaimedDelivery[] => {
    try {
      return [toClaimedDelivery(row)]
    } catch (error) {
      unreadable.push({ id: row.id, isGroup: row.isGroup, error })
      return []
    }
  }
  return {
    deliveries: rows.flatMap((row) => (row.id === null ? [] : read(row))),
    unreadable,
    nextDueInMs: typeof dueInMs === 'number' ? Math.max(0, dueInMs) : undefined,
    waitingChats: summary?.waitingChats ?? [],
    isComplete: summary?.areChatsComplete === true && isWholeLane,
    afterTenants,
  }
}
