import { limitNames, quotaSeconds, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import type { Limiting } from '../../limits/tenant-quotas.js'
import type { Limit, Limits } from './schemas.js'

type Scope = TenantScope & Pick<Limiting, 'limits'> & Needs<'quotas' | 'totals'>

/** Shows how much of what the tenant may take, and how much of that is used. */
export async function getLimits(scope: Scope): Promise<Limits> {
  const entries: [string, Limit][] = []
  for (const name of limitNames) entries.push([name, await readLimit(scope, name)])
  return { limits: Object.fromEntries(entries) }
}

async function readLimit(
  { db, tenantId, limits, quotas, totals }: Scope,
  name: (typeof limitNames)[number],
): Promise<Limit> {
  const limit = limits[name]
  if (isQuota(name)) {
    const window_seconds = quotaSeconds[name]
    if (limit === null) return { limit, window_seconds, remaining: null, resets_at: null }
    const { remaining, resetSeconds } = await quotas.take(tenantId, name, limit, 0)
    const resetsAt = new Date(Date.now() + resetSeconds * 1_000)
    return { limit, window_seconds, remaining, resets_at: resetsAt.toISOString() }
  }
  if (limit === null) return { limit, window_seconds: null, remaining: null, resets_at: null }
  const used = await totals.count(db, tenantId, name, limit)
  return { limit, window_seconds: null, remaining: Math.max(0, limit - used), resets_at: null }
}

function isQuota(name: string): name is keyof typeof quotaSeconds {
  return name in quotaSeconds
}
