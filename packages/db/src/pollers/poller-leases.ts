import type { Pool } from 'pg'

/** How long a worker may read a bot's updates without renewing its lease. */
export const pollerLeaseMs = 10_000

export interface PollerGrant {
  botId: string
  telegramId: bigint
  tokenSealed: Buffer
  nextUpdateId: number
}

/** Takes over the long polls of bots that nobody reads, up to `countMax`. */
export async function acquirePollers(engine: Pool, holderId: string, countMax: number): Promise<PollerGrant[]> {
  const { rows } = await engine.query<{
    bot_id: string
    telegram_id: string
    token_sealed: Buffer
    next_update_id: string
  }>({
    name: 'acquire-pollers',
    text: `
      WITH free AS (
        SELECT p.bot_id FROM update_pollers p JOIN bots b ON b.id = p.bot_id
        WHERE b.update_mode = 'polling' AND (p.holder IS NULL OR p.lease_until < clock_timestamp())
        LIMIT $3 FOR UPDATE OF p SKIP LOCKED
      )
      UPDATE update_pollers p SET holder = $1, lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
      FROM free, bots b WHERE p.bot_id = free.bot_id AND b.id = p.bot_id
      RETURNING p.bot_id, b.telegram_id, b.token_sealed, p.next_update_id`,
    values: [holderId, pollerLeaseMs, countMax],
  })
  return rows.map((row) => ({
    botId: row.bot_id,
    telegramId: BigInt(row.telegram_id),
    tokenSealed: row.token_sealed,
    nextUpdateId: Number(row.next_update_id),
  }))
}

/** @returns the bots that `holderId` still holds; all others are another's by now. */
export async function renewPollers(engine: Pool, holderId: string): Promise<Set<string>> {
  const { rows } = await engine.query<{ bot_id: string }>({
    name: 'renew-pollers',
    text: `UPDATE update_pollers SET lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
           WHERE holder = $1 RETURNING bot_id`,
    values: [holderId, pollerLeaseMs],
  })
  return new Set(rows.map((row) => row.bot_id))
}

/** Remembers how far a bot was read. */
export async function advancePoller(engine: Pool, botId: string, nextUpdateId: number): Promise<void> {
  await engine.query({
    name: 'advance-poller',
    text: 'UPDATE update_pollers SET next_update_id = $2 WHERE bot_id = $1',
    values: [botId, nextUpdateId],
  })
}

export async function releasePollers(engine: Pool, holderId: string, botId?: string): Promise<void> {
  await engine.query({
    name: 'release-pollers',
    text: 'UPDATE update_pollers SET holder = NULL, lease_until = NULL WHERE holder = $1 AND bot_id = coalesce($2, bot_id)',
    values: [holderId, botId ?? null],
  })
}
