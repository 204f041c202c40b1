import type { Pool } from 'pg'
import { defineStatement, probe, run } from '../sql.js'

/** How long a worker may read a bot's updates without renewing its lease. */
export const pollerLeaseMs = 10_000

export interface PollerGrant {
  botId: string
  telegramId: bigint
  tokenSealed: Buffer
  nextUpdateId: number
}

const acquire = defineStatement(
  'acquire-pollers',
  `
WITH free AS (
  SELECT p.bot_id
  FROM update_pollers p
  JOIN bots b ON ${probe('b.id', 'p.bot_id')}
  WHERE b.update_mode = 'polling' AND (p.holder IS NULL OR p.lease_until < clock_timestamp())
  LIMIT $3 FOR UPDATE OF p SKIP LOCKED
)
UPDATE update_pollers p SET holder = $1, lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
FROM free, bots b
WHERE ${probe('p.bot_id', 'free.bot_id')} AND ${probe('b.id', 'free.bot_id')}
RETURNING p.bot_id, b.telegram_id, b.token_sealed, p.next_update_id`,
)

/** Takes over the long polls of bots that nobody reads, up to `countMax`. */
export async function acquirePollers(engine: Pool, holderId: string, countMax: number): Promise<PollerGrant[]> {
  const rows = await run<{ botId: string; telegramId: string; tokenSealed: Buffer; nextUpdateId: string }>(
    engine,
    acquire,
    [holderId, pollerLeaseMs, countMax],
  )
  return rows.map((row) => ({
    ...row,
    telegramId: BigInt(row.telegramId),
    nextUpdateId: Number(row.nextUpdateId),
  }))
}

const renew = defineStatement(
  'renew-pollers',
  `
UPDATE update_pollers SET lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
WHERE holder = $1
RETURNING bot_id`,
)

/** @returns the bots that `holderId` still holds; all others are another's by now. */
export async function renewPollers(engine: Pool, holderId: string): Promise<Set<string>> {
  const rows = await run<{ botId: string }>(engine, renew, [holderId, pollerLeaseMs])
  return new Set(rows.map(({ botId }) => botId))
}

const advance = defineStatement('advance-poller', 'UPDATE update_pollers SET next_update_id = $2 WHERE bot_id = $1')

/** Records how far a bot was read. */
export async function advancePoller(engine: Pool, botId: string, nextUpdateId: number): Promise<void> {
  await run(engine, advance, [botId, nextUpdateId])
}

const release = defineStatement(
  'release-pollers',
  'UPDATE update_pollers SET holder = NULL, lease_until = NULL WHERE holder = $1 AND bot_id = coalesce($2, bot_id)',
)

export async function releasePollers(engine: Pool, holderId: string, botId?: string): Promise<void> {
  await run(engine, release, [holderId, botId ?? null])
}
