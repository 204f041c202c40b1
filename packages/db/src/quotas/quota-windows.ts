import type { Pool } from 'pg'
import { defineStatement, run, runForOne } from '../sql.js'

const take = defineStatement(
  'take-from-quota',
  `
INSERT INTO quota_windows AS q (tenant_id, quota, window_start, used) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, quota) DO UPDATE SET
  window_start = greatest(q.window_start, excluded.window_start),
  used = CASE
    WHEN q.window_start < excluded.window_start THEN excluded.used
    WHEN q.window_start > excluded.window_start THEN q.used
    ELSE q.used + excluded.used
  END
RETURNING used`,
)

const read = defineStatement(
  'read-quotas',
  `
SELECT quota, window_start, used::float8 AS used FROM quota_windows WHERE tenant_id = $1`,
)

export interface QuotaWindow {
  quota: string
  windowStart: Date
  used: number
}

/** Counts in a window of a tenant's quota; a window that is over is forgotten. @returns how much is used, with this. */
export async function takeFromQuota(
  engine: Pool,
  { tenantId, quota, windowStart, amount }: { tenantId: string; quota: string; windowStart: Date; amount: number },
): Promise<number> {
  const { used } = await runForOne<{ used: string }>(engine, take, [tenantId, quota, windowStart, amount])
  return Number(used)
}

/** The windows that a tenant has used last, present or over. */
export async function readQuotas(engine: Pool, tenantId: string): Promise<QuotaWindow[]> {
  return run<QuotaWindow>(engine, read, [tenantId])
}
