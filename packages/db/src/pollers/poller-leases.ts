import type { Pool } from 'pg'
import { defineStatement, probe, run } from '../sql.js'

/** How long a worker counts as alive that says nothing, on the database's clock. */
export const workerLeaseMs = 10_000

/** What a worker has: the bots that it reads, and the lanes that it drains. */
export interface WorkerLoad {
  pollers: number
  lanes: number
}

/** The workers that are alive, and what they have together. */
export interface LiveWorkers extends WorkerLoad {
  count: number
}

const keep = defineStatement(
  'keep-worker',
  `
WITH kept AS (
  INSERT INTO workers (id, lease_until, pollers, lanes)
  VALUES ($1, clock_timestamp() + make_interval(secs => $2::float8 / 1000), $3, $4)
  ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, pollers = excluded.pollers, lanes = excluded.lanes
)
SELECT 1 + count(*)::int AS count, $3::int + coalesce(sum(pollers), 0)::int AS pollers,
  $4::int + coalesce(sum(lanes), 0)::int AS lanes
FROM workers
WHERE lease_until > now() AND id <> $1`,
)

/** Says that a worker is alive, and what it has. */
export async function keepWorker(engine: Pool, workerId: string, load: WorkerLoad): Promise<LiveWorkers> {
  const [live] = await run<LiveWorkers>(engine, keep, [workerId, workerLeaseMs, load.pollers, load.lanes])
  return live ?? { count: 1, ...load }
}

const dropDead = defineStatement(
  'drop-dead-workers',
  `
WITH dead AS MATERIALIZED (
  -- What lies further ahead than anybody puts it was written before the clock was set back.
  DELETE FROM workers WHERE id = ANY (ARRAY(
    SELECT id FROM workers WHERE lease_until < now()
    UNION ALL
    SELECT id FROM workers WHERE lease_until > now() + interval '${2 * workerLeaseMs} ms'
  ))
  RETURNING id
)
UPDATE update_pollers SET holder = NULL WHERE holder IS NOT NULL AND holder = ANY (ARRAY(SELECT id FROM dead))`,
)

/** Lets the bots go that dead workers read. */
export async function dropDeadWorkers(engine: Pool): Promise<void> {
  await run(engine, dropDead, [])
}

export interface PollerGrant {
  botId: string
  /** Null for a bot that is shared. */
  tenantId: string | null
  telegramId: bigint
  tokenSealed: Buffer
  /** The token's number: of a later one another reader has to begin. */
  tokenVersion: number
  nextUpdateId: number
}

const acquire = defineStatement(
  'acquire-pollers',
  `
WITH free AS MATERIALIZED (
  SELECT p.bot_id FROM update_pollers p
  WHERE p.holder IS NULL AND p.is_wanted AND (SELECT w.lease_until > clock_timestamp() FROM workers w WHERE w.id = $1)
  ORDER BY p.bot_id LIMIT $2
  FOR UPDATE OF p SKIP LOCKED
)
UPDATE update_pollers p SET holder = $1
FROM free, bots b, lanes l
WHERE ${probe('p.bot_id', 'free.bot_id')} AND ${probe('b.id', 'free.bot_id')} AND ${probe('l.bot_id', 'free.bot_id')}
RETURNING p.bot_id, b.tenant_id, b.telegram_id, b.token_sealed, l.token_version, p.next_update_id`,
)

/** Takes over the long polls of bots that nobody reads, up to `countMax`. */
export async function acquirePollers(engine: Pool, workerId: string, countMax: number): Promise<PollerGrant[]> {
  const rows = await run<
    Omit<PollerGrant, 'telegramId' | 'nextUpdateId'> & { telegramId: string; nextUpdateId: string }
  >(engine, acquire, [workerId, countMax])
  return rows.map((row) => ({
    ...row,
    telegramId: BigInt(row.telegramId),
    nextUpdateId: Number(row.nextUpdateId),
  }))
}

const find = defineStatement(
  'find-pollers-of-worker',
  `
SELECT p.bot_id, l.token_version, p.is_wanted
FROM update_pollers p
JOIN lanes l ON ${probe('l.bot_id', 'p.bot_id')}
WHERE p.holder = $1`,
)

/** Finds the bots that are a worker's to read, as the database sees it. */
export function findPollers(
  engine: Pool,
  workerId: string,
): Promise<{ botId: string; tokenVersion: number; isWanted: boolean }[]> {
  return run(engine, find, [workerId])
}

const advance = defineStatement(
  'advance-poller',
  'UPDATE update_pollers SET next_update_id = $3 WHERE bot_id = $2 AND holder = $1',
)

/** Records how far a bot was read. */
export async function advancePoller(
  engine: Pool,
  workerId: string,
  { botId, nextUpdateId }: { botId: string; nextUpdateId: number },
): Promise<void> {
  await run(engine, advance, [workerId, botId, nextUpdateId])
}

const release = defineStatement(
  'release-pollers',
  'UPDATE update_pollers SET holder = NULL WHERE holder = $1 AND bot_id = ANY ($2::uuid[])',
)

export async function releasePollers(engine: Pool, workerId: string, botIds: readonly string[]): Promise<void> {
  await run(engine, release, [workerId, botIds])
}

const leave = defineStatement(
  'leave-worker',
  `
WITH gone AS (
  DELETE FROM workers WHERE id = $1
)
UPDATE update_pollers SET holder = NULL WHERE holder = $1`,
)

/** Lets all of a worker's bots go, and the worker with them. */
export async function leaveWorker(engine: Pool, workerId: string): Promise<void> {
  await run(engine, leave, [workerId])
}
