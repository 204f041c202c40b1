import type { Pool } from 'pg'
import { nilUuid } from '../ids.js'
import { runForRows } from '../sql.js'
import { busy, claim, wanted } from './claim-statement.js'
import { type ClaimedDelivery, type ClaimedRow, toClaimedDelivery } from './claimed-delivery.js'
import { readSeenSeqs, type SeenSeqs, type SeenSeqsJson } from './seen-seqs.js'

/** What one tenant has had of a lane, and where the scan of its chats goes on. */
export interface TenantPosition {
  /** By priority: the chat that was served last; undefined where none was. */
  chatIds: readonly (string | undefined)[]
  /**
   * The tenant's virtual time, over all priorities: grows by 1/weight with every delivery that is taken. Undefined for
   * one that was away: it begins where the others are.
   */
  finishTime: number | undefined
}

export interface ClaimRequest {
  botId: string
  turnId: string
  /** By priority (0 is `high`): how many to take at most; a priority with none is not looked at. */
  countsMax: readonly number[]
  /** The virtual time at which a tenant begins that has no position. */
  virtualTime: number
  /** By tenant; the nil UUID for what is of none. */
  positions: ReadonlyMap<string, TenantPosition>
  /** By chat that several tenants write to: which of them was served when, as growing numbers from 1. */
  served: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Chats that are not to be taken from. */
  busyChats: readonly string[]
  /** By priority: the tenant after which the scan begins; the nil UUID for the start. */
  afterTenants: readonly string[]
  /** How many heads of a priority may be passed over before the scan gives up. */
  lookahead: number
  /** Whether to take what another turn has left in flight: it may still be recording what became of it. */
  takesInFlight: boolean
  /** By priority: a number below which nothing waits in the lane; 0 where none is known. */
  seqFloors: readonly bigint[]
  /** Whether to tell what was seen of the numbers of what waits. */
  tellsSeqs: boolean
}

export interface Claim {
  /** In the order in which their turn comes. */
  deliveries: ClaimedDelivery[]
  /** Rows that are not of the form that they should have. */
  unreadable: { id: string; isGroup: boolean; error: unknown }[]
  /** In how many milliseconds the first of the heads that were passed over is due, as far as the database knows. */
  nextDueInMs: number | undefined
  /** Whether something that is due was left to somebody who had it locked. */
  isAnyLocked: boolean
  /** Chats that were passed over because they are among `busyChats`, or have a delivery that is in flight. */
  waitingChats: string[]
  /** Whether every head of the priorities that were asked for was looked at. */
  isComplete: boolean
  /** By priority: where the next scan begins. */
  afterTenants: string[]
  /** Undefined where it was not asked for. */
  seqs: SeenSeqs | undefined
}

/** The statement's word on a lane as a whole, as JSON. */
interface Summary {
  areChatsComplete: boolean
  isAnyLocked: boolean
  nextDueInMs: number | null
  waitingChats: string[] | null
  afterTenants: Record<string, string> | null
  seqs: SeenSeqsJson | null
}

/**
 * Takes heads of lanes, at most one for each chat, and marks them as in flight in the same statement.
 * Takes nothing from a lane that its turn no longer holds.
 * @returns a claim for each request.
 */
export async function claimDeliveries(engine: Pool, requests: readonly ClaimRequest[]): Promise<Claim[]> {
  const asked = requests.flatMap((request, lane) => askFor(request, lane))
  const rows = await runForRows(engine, claim, [
    ...wanted.values(asked),
    ...busy.values(requests.flatMap(({ busyChats }, lane) => busyChats.map((chatId) => ({ lane, chatId })))),
  ])
  const claims = requests.map(({ afterTenants }): Claim & { places: number[] } => ({
    deliveries: [],
    unreadable: [],
    nextDueInMs: undefined,
    isAnyLocked: false,
    waitingChats: [],
    isComplete: false,
    afterTenants: [...afterTenants],
    seqs: undefined,
    places: [],
  }))
  // They are made as the statement makes them.
  for (const row of rows as unknown as (ClaimedRow | SummaryRow)[]) {
    const claimed = claims[row[0]]
    if (claimed && row[1] === null) summarize(claimed, row[13], requests[row[0]]?.countsMax ?? [])
    else if (claimed) addTo(claimed, row as ClaimedRow)
  }
  return claims
}

type SummaryRow = [lane: number, id: null, ...nothing: null[]] & { 13: Summary }

function askFor(request: ClaimRequest, lane: number) {
  const { botId, turnId, countsMax, virtualTime, afterTenants, lookahead, takesInFlight, seqFloors, tellsSeqs } =
    request
  const served = servedOf(request)
  return countsMax.flatMap((countMax, priority) =>
    countMax === 0
      ? []
      : {
          w: lane * countsMax.length + priority,
          lane,
          botId,
          turnId,
          priority,
          countMax,
          virtualTime,
          afterTenant: afterTenants[priority] ?? nilUuid,
          lookahead,
          takesInFlight,
          seqFloor: seqFloors[priority] ?? 0n,
          tellsSeqs,
          positions: positionsOf(request, priority),
          served,
        },
  )
}

function positionsOf({ positions }: ClaimRequest, priority: number): string {
  if (positions.size === 0) return '{}'
  const named: Record<string, { chat: string | undefined; finish: number | undefined }> = {}
  for (const [tenantId, { chatIds, finishTime }] of positions) {
    named[tenantId] = { chat: chatIds[priority], finish: finishTime }
  }
  return JSON.stringify(named)
}

function servedOf({ served }: ClaimRequest): string {
  if (served.size === 0) return '{}'
  return JSON.stringify(Object.fromEntries([...served].map(([chatId, times]) => [chatId, Object.fromEntries(times)])))
}

function addTo({ deliveries, unreadable, places }: Claim & { places: number[] }, row: ClaimedRow): void {
  try {
    const delivery = toClaimedDelivery(row)
    const place = delivery.priority * 1_000_000 + Number(row[2])
    let index = deliveries.length
    while (index > 0 && (places[index - 1] ?? 0) > place) index--
    deliveries.splice(index, 0, delivery)
    places.splice(index, 0, place)
  } catch (error) {
    unreadable.push({ id: row[1], isGroup: row[13]?.isGroup === true, error })
  }
}

function summarize(claimed: Claim, summary: Summary, countsMax: readonly number[]): void {
  const before = claimed.afterTenants
  claimed.afterTenants = before.map((_, priority) => summary.afterTenants?.[priority] ?? nilUuid)
  const isScanned = before.map(
    (tenantId, priority) =>
      (countsMax[priority] ?? 0) > 0 && tenantId === nilUuid && claimed.afterTenants[priority] === nilUuid,
  )
  claimed.seqs = summary.seqs === null ? undefined : readSeenSeqs(summary.seqs, isScanned)
  const isWholeLane = [...before, ...claimed.afterTenants].every((tenantId) => tenantId === nilUuid)
  claimed.isComplete = summary.areChatsComplete && isWholeLane
  claimed.nextDueInMs = summary.nextDueInMs === null ? undefined : Math.max(0, summary.nextDueInMs)
  claimed.isAnyLocked = summary.isAnyLocked
  claimed.waitingChats = summary.waitingChats ?? []
}
