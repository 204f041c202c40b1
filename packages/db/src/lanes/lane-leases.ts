import type { Pool } from 'pg'
import { defineStatement, probe, run } from '../sql.js'

/** How long a turn may hold a lane without renewing its lease, on the database's clock. */
export const laneLeaseMs = 4_000

export interface LaneGrant {
  epoch: bigint
  rate: number
  tokenSealed: Buffer
  telegramId: bigint
  botStatus: string
  /** The bot sends for pay what goes beyond 30 a second. */
  isPaid: boolean
  /** The rate that the holder before had slowed down to; null at the full rate. */
  learnedRate: number | null
  /** The holder before did not let go: it died, or was stopped for longer than its lease. */
  wasAbandoned: boolean
  /** In how many milliseconds all permits that the holder before spent have come back. */
  permitsFreeInMs: number
}

const acquire = defineStatement(
  'acquire-lane',
  `
WITH free AS (
  SELECT bot_id, holder IS NOT NULL AS was_abandoned, permits_free_at
  FROM lanes
  WHERE bot_id = $1 AND (holder IS NULL OR lease_until < clock_timestamp())
    AND parked_reason IS NULL AND coalesce(paused_until <= clock_timestamp(), true)
  FOR UPDATE
)
UPDATE lanes l SET
  epoch = l.epoch + 1,
  holder = $2,
  next_due_at = NULL,
  lease_until = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
FROM free, bots b
WHERE ${probe('l.bot_id', 'free.bot_id')} AND ${probe('b.id', 'free.bot_id')}
RETURNING
  l.epoch,
  l.learned_rate,
  b.rate,
  b.allow_paid_broadcast AS is_paid,
  b.token_sealed,
  b.telegram_id,
  b.status AS bot_status,
  free.was_abandoned,
  greatest(0, coalesce(extract(epoch FROM free.permits_free_at - clock_timestamp()) * 1000, 0))::float8
    AS permits_free_in_ms`,
)

/** Takes a lane that nobody holds and that is neither paused nor parked. Two callers never both get it. */
export async function acquireLane(engine: Pool, botId: string, turnId: string): Promise<LaneGrant | undefined> {
  const [row] = await run<Omit<LaneGrant, 'epoch' | 'telegramId'> & { epoch: string; telegramId: string }>(
    engine,
    acquire,
    [botId, turnId, laneLeaseMs],
  )
  return row && { ...row, epoch: BigInt(row.epoch), telegramId: BigInt(row.telegramId) }
}

const renew = defineStatement(
  'renew-lane',
  `
UPDATE lanes SET lease_until = clock_timestamp() + make_interval(secs => $3::float8 / 1000)
WHERE bot_id = $1 AND holder = $2
RETURNING 1`,
)

/** @returns false when the lane is another's by now. */
export async function renewLane(engine: Pool, botId: string, turnId: string): Promise<boolean> {
  return (await run(engine, renew, [botId, turnId, laneLeaseMs])).length === 1
}

export interface LaneRelease {
  /** When the lane should be looked at again at the latest; undefined when nothing waits in it. */
  nextDueInMs: number | undefined
  permitsFreeInMs: number
  /** Holds back the whole bot. */
  pauseMs: number | undefined
  /** Holds back the whole bot until somebody acts, unless its token is another by now than `tokenSealed`. */
  parkedReason: string | undefined
  tokenSealed: Buffer
  learnedRate: number | undefined
}

const release = defineStatement(
  'release-lane',
  `
UPDATE lanes l SET
  holder = NULL,
  lease_until = NULL,
  next_due_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000),
  permits_free_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000),
  paused_until = coalesce(clock_timestamp() + make_interval(secs => $5::float8 / 1000), paused_until),
  parked_reason = CASE
    WHEN (SELECT b.token_sealed = $8 FROM bots b WHERE b.id = l.bot_id) THEN coalesce($6, parked_reason)
    ELSE parked_reason
  END,
  learned_rate = $7
WHERE bot_id = $1 AND holder = $2`,
)

export async function releaseLane(engine: Pool, botId: string, turnId: string, released: LaneRelease): Promise<void> {
  await run(engine, release, [
    botId,
    turnId,
    released.nextDueInMs ?? null,
    released.permitsFreeInMs,
    released.pauseMs ?? null,
    released.parkedReason ?? null,
    released.learnedRate ?? null,
    released.tokenSealed,
  ])
}
