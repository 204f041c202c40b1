import {
  type LimitName,
  type QuotaName,
  type Quotas,
  quotaSeconds,
  recordEvents,
  type TenantLimits,
  type TenantScope,
  type TotalName,
} from '@tellwire/domain'
import type { InTransaction } from '@tellwire/db'
import { rateLimited, refusal } from '../errors.js'
import type { ShownLimit } from './shown-limits.js'
import type { Totals } from './totals.js'

/** A tenant's limits, and what a request that counts in them needs. */
export interface Limiting {
  limits: TenantLimits
  showLimit: (limit: ShownLimit) => void
}

type Counting = Pick<TenantScope, 'tenantId'> & Limiting & { quotas: Quotas }

const policyOf = (quota: QuotaName): string => quota.replaceAll('_', '-')

/** Takes from quotas of a tenant's. @throws `rate_limited` where one of them is used up. */
export async function takeFromQuotas(
  { tenantId, limits, showLimit, quotas }: Counting,
  names: readonly QuotaName[],
  amount: number,
): Promise<void> {
  for (const name of names) {
    const limit = limits[name]
    if (limit === null) continue
    const { isAllowed, remaining, resetSeconds } = await quotas.take(tenantId, name, limit, amount)
    showLimit({ name: policyOf(name), quota: limit, windowSeconds: quotaSeconds[name], remaining, resetSeconds })
    if (!isAllowed) throw rateLimited(policyOf(name), resetSeconds)
  }
}

export const notificationQuotas = [
  'notifications_per_minute',
  'notifications_per_day',
  'notifications_per_month',
] as const satisfies readonly LimitName[]

export type Adding = TenantScope & Pick<Limiting, 'limits'> & { totals: Totals }

/** Makes sure that a tenant may have so much more of something. @throws `limit_reached` */
export async function assertRoom(scope: InTransaction<Adding>, name: TotalName, adding = 1): Promise<void> {
  const { tenantId, limits, totals } = scope
  const limit = limits[name]
  if (limit === null) return
  const before = await totals.count(scope.db, tenantId, name, limit)
  const after = before + adding
  if (after > limit) {
    throw refusal('limit_reached', `You may have ${limit} of ${name}, and have ${before}.`, {
      pointer: '',
      detail: `would be more ${name} than your limit of ${limit}`,
    })
  }
  totals.add(tenantId, name, adding)
  for (const percent of [80, 100]) {
    const threshold = (limit * percent) / 100
    if (before >= threshold || after < threshold) continue
    await recordEvents(scope.db, [{ tenantId, type: 'quota.warning', data: { quota: name, limit, percent } }])
  }
}
