/**
 * The life of a delivery: every state, and every move from one to another.
 *
 * ```
 *      accept, expand
 *   ┌─────────┬──────────────┐
 *   ▼         ▼              ▼
 * awaiting_user ─connect─▶ scheduled ─release─▶ queued ─────settle────▶ sent
 *   │    └──────connect──────│───────────────────▶│ ▲ ───────settle────▶ failed ─replay─▶ queued
 *   │◀───────release─────────├──────release──────────────────────────▶ failed
 *   ├────────release──────────────────────────────▶ queued, failed
 *   │◀─────────────────hold──│────────────────────┤
 *   ├────────disconnect──────│────────────────────┴───────────────────▶ failed
 *   ├────────────────────────┴────────────────────┼──expire───────────▶ expired
 *   ├────────────────────────┬────────────────────┼──cancel───────────▶ cancelled
 *                                                 └──settle, expire, cancel ▶ unknown
 * ```
 *
 * - `awaiting_user`: its user has no connection yet, and the row of `waiting_deliveries` none either; or its connection
 *   cannot be reached for a while, and is named there, without a due time but for a moment, after which it is looked again.
 * - `scheduled`: its time has not come. A row of `waiting_deliveries` with a due time.
 * - `queued`: it waits in the lane of its bot, or is being sent. A row of `pending_deliveries`; of one that a
 *   turn has claimed, `claimed_by` names the turn.
 * - `sent`, `failed`, `expired`, `cancelled`, `unknown`: it has ended. Only a failed one can come back.
 *
 * A delivery is in one of the two tables as long as it is open, and in neither once it has ended: a statement
 * takes the row out first, and who does not get the row changes nothing. `joinLanes` is the one way in,
 * `endDeliveries` the one way out.
 *
 * What a turn had claimed when it died may have been sent, and nobody knows. It is claimed again and sent
 * again, unless its notification says otherwise or it is over meanwhile: then it ends as `unknown`.
 */

export const openStatuses = ['awaiting_user', 'scheduled', 'queued'] as const
export const finalStatuses = ['sent', 'failed', 'expired', 'cancelled', 'unknown'] as const
export const deliveryStatuses = [...openStatuses, ...finalStatuses] as const

export type FinalStatus = (typeof finalStatuses)[number]
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** Who moves a delivery. */
export type Verb =
  | 'accept'
  | 'expand'
  | 'connect'
  | 'release'
  | 'settle'
  | 'expire'
  | 'cancel'
  | 'hold'
  | 'disconnect'
  | 'replay'

/** A move. `from` is null for a delivery that is made by it. */
export interface Move {
  by: Verb
  from: DeliveryStatus | null
  to: readonly DeliveryStatus[]
}

/** Every move there is. What is not in this list changes nothing. */
export const moves: readonly Move[] = [
  { by: 'accept', from: null, to: ['awaiting_user', 'scheduled', 'queued'] },
  { by: 'expand', from: null, to: ['queued'] },
  { by: 'connect', from: 'awaiting_user', to: ['scheduled', 'queued'] },
  { by: 'release', from: 'scheduled', to: ['queued', 'failed', 'awaiting_user'] },
  { by: 'release', from: 'awaiting_user', to: ['awaiting_user', 'queued', 'failed'] },
  {
    by: 'settle',
    from: 'queued',
    to: ['sent', 'failed', 'expired', 'unknown', 'cancelled', 'queued', 'awaiting_user'],
  },
  { by: 'expire', from: 'awaiting_user', to: ['expired'] },
  { by: 'expire', from: 'scheduled', to: ['expired'] },
  { by: 'expire', from: 'queued', to: ['expired', 'unknown'] },
  { by: 'cancel', from: 'awaiting_user', to: ['cancelled'] },
  { by: 'cancel', from: 'scheduled', to: ['cancelled'] },
  { by: 'cancel', from: 'queued', to: ['cancelled', 'unknown'] },
  { by: 'hold', from: 'queued', to: ['awaiting_user'] },
  { by: 'disconnect', from: 'queued', to: ['failed'] },
  { by: 'disconnect', from: 'awaiting_user', to: ['failed'] },
  { by: 'replay', from: 'failed', to: ['queued'] },
]

export const priorities = ['high', 'normal', 'bulk'] as const
export type Priority = (typeof priorities)[number]

/** The SQL of a priority's rank: 0 leaves first. */
export function priorityRank(priority: string): string {
  const cases = priorities.map((name, rank) => `WHEN '${name}' THEN ${rank}`)
  return `CASE ${priority} ${cases.join(' ')} END`
}

/** Why a delivery failed, as it is stored and shown. */
export interface Failure {
  code: string
  class: string
  telegram_code?: number
  telegram_description?: string
  /** RFC 3339, UTC, with milliseconds. */
  at: string
}

/** The SQL of the present moment, in the form of every time that is kept in JSON. */
export const jsonNow = `to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The SQL of a failure that the database itself finds. */
export function failureOf(code: string, failureClass: 'recipient' | 'message'): string {
  return `jsonb_build_object('code', ${code}, 'class', '${failureClass}', 'at', ${jsonNow})`
}
