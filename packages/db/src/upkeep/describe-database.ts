import type { Database } from '../client.js'
import { measureWaiting, type Waiting } from '../deliveries/measure-waiting.js'
import { readMigrations } from '../migrate.js'

/** A database, as whoever operates it wants to know it. */
export interface DatabaseFacts extends Waiting {
  /** Such as 18.4. */
  version: string
  sizeBytes: number
  /** Names of migrations that were not applied. */
  missingMigrations: string[]
  /** For how many days there are partitions ahead; undefined where there are none at all. */
  partitionDaysAhead: number | undefined
  /** Tables with rows outside of their partitions. */
  strayTables: string[]
  /** For how long the oldest transaction is open that this role may see, in seconds. */
  oldestTransactionSeconds: number
  workers: number
  /** Of Postgres, as they are set: what a crash may lose, and whether it cleans up. */
  settings: Record<'fsync' | 'full_page_writes' | 'synchronous_commit' | 'autovacuum', string>
  /** Updates of people that wait for longer than a minute, and those that were given up for the time being. */
  lateUpdates: number
  parkedUpdates: number
  /** Requests to webhooks that were due more than a minute ago. */
  lateWebhooks: number
  /** Bots whose webhook Telegram does not reach, and those whose token it does not accept. */
  failingBots: number
  unauthorizedBots: number
}

/** @param migrationsFolder of this version. */
export async function describeDatabase(db: Database, migrationsFolder: string): Promise<DatabaseFacts> {
  const [row] = await db.$queryRaw<
    (Omit<DatabaseFacts, 'missingMigrations' | keyof Waiting> & { applied: string[]; lastWeek: string | null })[]
  >`
    SELECT
      split_part(current_setting('server_version'), ' ', 1) AS version,
      pg_database_size(current_database())::float8 AS "sizeBytes",
      (SELECT coalesce(array_agg(migration_name::text), '{}') FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS applied,
      (SELECT max(substring(c.relname FROM '\\d{8}$')) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events'::regclass AND c.relname ~ '\\d{8}$') AS "lastWeek",
      (SELECT coalesce(array_agg(t), '{}') FROM tables_with_stray_rows() t) AS "strayTables",
      (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float8 FROM pg_stat_activity
        WHERE datname = current_database()) AS "oldestTransactionSeconds",
      (SELECT jsonb_object_agg(name, setting) FROM pg_settings
        WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum')) AS settings,
      (SELECT count(*)::int FROM workers WHERE lease_until > now()) AS workers,
      (SELECT count(*)::int FROM updates WHERE parked_at IS NULL AND received_at < now() - interval '1 minute') AS "lateUpdates",
      (SELECT count(*)::int FROM updates WHERE parked_at IS NOT NULL) AS "parkedUpdates",
      (SELECT count(*)::int FROM webhook_deliveries WHERE attempts = 0 AND due_at < now() - interval '1 minute') AS "lateWebhooks",
      (SELECT count(*)::int FROM bots WHERE webhook_error IS NOT NULL AND status = 'active') AS "failingBots",
      (SELECT count(*)::int FROM bots WHERE status = 'unauthorized') AS "unauthorizedBots"`
  if (!row) throw new Error('the database tells nothing of itself')
  const { applied, lastWeek, ...facts } = row
  const known = await readMigrations(migrationsFolder)
  return {
    ...facts,
    ...(await measureWaiting(db)),
    missingMigrations: known.map(({ name }) => name).filter((name) => !applied.includes(name)),
    partitionDaysAhead: lastWeek === null ? undefined : daysUntil(lastWeek) + 7,
  }
}

/** @param day such as 20261130 */
function daysUntil(day: string): number {
  const at = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`)
  return Math.floor((at - Date.now()) / 86_400_000)
}
