import type { Pool } from 'pg'
import { followEvents } from '../events/follow-events.js'
import { defineStatement, runForOne } from '../sql.js'

const scannedMax = 5_000

const rollUp = defineStatement(
  'roll-up-usage',
  `
WITH ${followEvents('usage', scannedMax)},
counted AS (
  INSERT INTO usage AS u (tenant_id, day, kind, count)
  SELECT tenant_id, (created_at AT TIME ZONE 'UTC')::date, type, count(*)
  FROM scanned
  GROUP BY 1, 2, 3
  ORDER BY 1, 2, 3
  ON CONFLICT (tenant_id, day, kind) DO UPDATE SET count = u.count + excluded.count
)
SELECT count(*)::int AS scanned FROM scanned`,
)

/** Adds what is new of all tenants' events to what they have used: each event counts once. @returns whether more may be new already. */
export async function rollUpUsage(engine: Pool): Promise<{ hasMore: boolean }> {
  const { scanned } = await runForOne<{ scanned: number }>(engine, rollUp, [])
  return { hasMore: scanned === scannedMax }
}
