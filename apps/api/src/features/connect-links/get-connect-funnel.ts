import { idFloor } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { ApiError } from '../../errors.js'
import type { FunnelQuery, FunnelView } from './schemas.js'

const dayMs = 86_400_000
const daysMax = 92
const daysByDefault = 30

/**
 * Counts by day (UTC) how many of the links that were issued then were opened, started and used.
 * @throws `invalid_request` for a time that is turned around, or too long.
 */
export async function getConnectFunnel({ db, tenantId }: TenantScope, query: FunnelQuery): Promise<FunnelView> {
  const to = query.to ?? new Date().toISOString().slice(0, 10)
  const from = query.from ?? new Date(Date.parse(to) - (daysByDefault - 1) * dayMs).toISOString().slice(0, 10)
  const [fromMs, endMs] = [Date.parse(from), Date.parse(to) + dayMs]
  if (fromMs >= endMs || endMs - fromMs > daysMax * dayMs) {
    throw new ApiError('invalid_request', `The time is from 1 to ${daysMax} days.`, {
      errors: [{ pointer: '/from', code: 'wrong_form', detail: `must be at most ${daysMax} days before "to"` }],
    })
  }
  const rows = await db.$queryRaw<
    { day: string; issued: number; opened: number; started: number; connected: number }[]
  >`
    SELECT
      to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
      count(*)::int AS issued,
      count(coalesce(opened_at, started_at, used_at))::int AS opened,
      count(coalesce(started_at, used_at))::int AS started,
      count(used_at)::int AS connected
    FROM connect_links
    WHERE tenant_id = ${tenantId}::uuid AND id >= ${idFloor(fromMs)}::uuid AND id < ${idFloor(endMs)}::uuid
    GROUP BY 1 ORDER BY 1`
  return { from, to, days: rows }
}
