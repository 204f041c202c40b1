import type { Pool } from 'pg'
import { defineStatement, inputRows, probe, run } from '../sql.js'

/** How long a turn may hold a lane without renewing its lease, on the database's clock. */
export const laneLeaseMs = 4_000
/** How long a turn that lost its lane is given to record what it knows, before its rows are taken over. */
export const recordingGraceMs = 2_000

/** What may change while a turn holds its lane. */
export interface LaneTerms {
  /** The bot's messages a second. */
  rate: number
  /** The bot sends for pay what goes beyond 30 a second. */
  isPaid: boolean
  /** Several tenants use the bot: each message says whose it is. */
  isShared: boolean
  /** Counts the tokens that the bot has had: what is found out about one says nothing about the next. */
  tokenVersion: number
  /** Nothing is to be sent until somebody acts. */
  isParked: boolean
}

export interface LaneGrant extends LaneTerms {
  epoch: bigint
  tokenSealed: Buffer
  telegramId: bigint
  botStatus: string
  /** The rate that the holder before had slowed down to; null at the full rate. */
  learnedRate: number | null
  /** The holder before did not let go: it died, or was stopped for longer than its lease. */
  wasAbandoned: boolean
  /** Telegram had asked the whole bot to wait. */
  wasPaused: boolean
  /** In how many milliseconds all permits that the holder before spent have come back. */
  permitsFreeInMs: number
}

/** A turn that wants a lane, or has one. */
export interface LaneTurn {
  botId: string
  turnId: string
}

const turns = inputRows('input', { bot_id: 'uuid', turn_id: 'uuid' }, 2)
/**
 * The SQL of whether a lease is over. One that ends later than any that is given now was given by a clock that has been set
 * back since: whoever lives renews it within a third of it.
 */
export function isLeaseOver(until: string, leaseMs: string): string {
  return `(${until} < clock_timestamp() OR ${until} > clock_timestamp() + make_interval(secs => 2 * ${leaseMs} / 1000))`
}

const leaseEnd = 'clock_timestamp() + make_interval(secs => $1::float8 / 1000)'
const terms =
  'b.rate, b.allow_paid_broadcast AS is_paid, b.tenant_id IS NULL AS is_shared, l.parked_reason IS NOT NULL AS is_parked'

/**
 * The SQL of whether the lane `l` is neither paused nor parked. One that is parked because Telegram refuses its bot is
 * tried again when its pause is over; one that has no pause waits until somebody acts.
 */
export const mayBeTried = `(CASE WHEN l.paused_until IS NULL THEN l.parked_reason IS NULL ELSE l.paused_until <= clock_timestamp() END)`

/** Permits come back sooner, but for a clock that was set back. */
const permitsBackInMs = 30_000

// A row that somebody has locked is passed over, in all of these: one bot's lane holds up no other's.
const acquire = defineStatement(
  'acquire-lanes',
  `
WITH ${turns.text},
free AS MATERIALIZED (
  SELECT l.bot_id, i.turn_id, l.holder IS NOT NULL AS was_abandoned, l.paused_until IS NOT NULL AS was_paused, l.permits_free_at
  FROM input i
  JOIN lanes l ON ${probe('l.bot_id', 'i.bot_id')}
  WHERE (l.holder IS NULL OR ${isLeaseOver('l.lease_until', '$1::float8')})
    AND ${mayBeTried}
  FOR UPDATE OF l SKIP LOCKED
)
UPDATE lanes l SET
  epoch = l.epoch + 1,
  holder = free.turn_id,
  taken_at = clock_timestamp(),
  next_due_at = NULL,
  lease_until = ${leaseEnd}
FROM free, bots b
WHERE ${probe('l.bot_id', 'free.bot_id')} AND ${probe('b.id', 'free.bot_id')}
RETURNING
  l.holder AS turn_id,
  l.epoch,
  l.learned_rate,
  ${terms},
  -- As old as the token beside it, whatever was committed since: the first renewal tells.
  (SELECT s.token_version FROM lanes s WHERE s.bot_id = free.bot_id) AS token_version,
  b.token_sealed,
  b.telegram_id,
  b.status AS bot_status,
  free.was_abandoned,
  free.was_paused,
  least(
    ${permitsBackInMs}, greatest(0, coalesce(extract(epoch FROM free.permits_free_at - clock_timestamp()) * 1000, 0))
  )::float8 AS permits_free_in_ms`,
)

type GrantRow = Omit<LaneGrant, 'epoch' | 'telegramId'> & { turnId: string; epoch: string; telegramId: string }

/**
 * Takes those of the lanes that nobody holds and that are neither paused nor parked. Two turns never both get one.
 * @returns what was granted, by turn.
 */
export async function acquireLanes(engine: Pool, wanted: readonly LaneTurn[]): Promise<Map<string, LaneGrant>> {
  const rows = await run<GrantRow>(engine, acquire, [laneLeaseMs, ...turns.values(wanted)])
  return new Map(
    rows.map((row) => [row.turnId, { ...row, epoch: BigInt(row.epoch), telegramId: BigInt(row.telegramId) }]),
  )
}

const renew = defineStatement(
  'renew-lanes',
  `
WITH ${turns.text},
held AS MATERIALIZED (
  SELECT l.bot_id
  FROM input i
  JOIN lanes l ON ${probe('l.bot_id', 'i.bot_id')} AND l.holder = i.turn_id
  FOR UPDATE OF l SKIP LOCKED
)
UPDATE lanes l SET lease_until = ${leaseEnd}
FROM held h, bots b
WHERE ${probe('l.bot_id', 'h.bot_id')} AND ${probe('b.id', 'h.bot_id')}
RETURNING l.holder AS turn_id, l.token_version, ${terms}`,
)

/** Renews leases. @returns the terms of those that were renewed, by turn: the others are another's by now, or locked. */
export async function renewLanes(engine: Pool, held: readonly LaneTurn[]): Promise<Map<string, LaneTerms>> {
  const rows = await run<LaneTerms & { turnId: string }>(engine, renew, [laneLeaseMs, ...turns.values(held)])
  return new Map(rows.map((row) => [row.turnId, row]))
}

export interface LaneRelease extends LaneTurn {
  /** When the lane should be looked at again at the latest; undefined when nothing waits in it. */
  nextDueInMs: number | undefined
  permitsFreeInMs: number
  /** Holds back the whole bot. */
  pauseMs: number | undefined
  /** Telegram refuses the bot: it is tried again after a minute, then after two, after four, and so on up to an hour. */
  parkedReason: string | undefined
  /** Telegram takes the bot again. */
  isRestored: boolean
  /** The token that the turn had. Once the bot has another, nothing is paused or parked. */
  tokenVersion: number
  learnedRate: number | undefined
}

const releases = inputRows('input', {
  bot_id: 'uuid',
  turn_id: 'uuid',
  next_due_in_ms: 'float8',
  permits_free_in_ms: 'float8',
  pause_ms: 'float8',
  parked_reason: 'text',
  is_restored: 'bool',
  token_version: 'int',
  learned_rate: 'float8',
})

const release = defineStatement(
  'release-lanes',
  `
WITH ${releases.text}
UPDATE lanes l SET
  holder = NULL,
  lease_until = NULL,
  next_due_at = clock_timestamp() + make_interval(secs => i.next_due_in_ms / 1000),
  permits_free_at = clock_timestamp() + make_interval(secs => i.permits_free_in_ms / 1000),
  paused_until = CASE
    WHEN l.token_version <> i.token_version OR l.parked_reason IS NOT NULL AND l.paused_until IS NULL THEN l.paused_until
    WHEN i.parked_reason IS NOT NULL THEN clock_timestamp() + interval '1 minute' * least(60, 2 ^ least(l.refusals, 6))
    WHEN l.parked_reason IS NOT NULL AND NOT i.is_restored
      THEN coalesce(clock_timestamp() + make_interval(secs => i.pause_ms / 1000), l.paused_until)
    ELSE clock_timestamp() + make_interval(secs => i.pause_ms / 1000)
  END,
  parked_reason = CASE
    WHEN l.token_version <> i.token_version OR l.parked_reason IS NOT NULL AND l.paused_until IS NULL THEN l.parked_reason
    ELSE coalesce(i.parked_reason, CASE WHEN NOT i.is_restored THEN l.parked_reason END)
  END,
  refusals = CASE
    WHEN l.token_version <> i.token_version OR i.is_restored THEN 0
    WHEN i.parked_reason IS NOT NULL THEN l.refusals + 1
    ELSE l.refusals
  END,
  learned_rate = i.learned_rate
FROM input i
WHERE ${probe('l.bot_id', 'i.bot_id')} AND l.holder = i.turn_id`,
)

export async function releaseLanes(engine: Pool, released: readonly LaneRelease[]): Promise<void> {
  await run(engine, release, releases.values(released))
}
