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
import type { InTransaction, Transaction } from '@tellwire/db'
import { rateLimited, refusal } from '../errors.js'
import type { ShownLimit } from './shown-limits.js'
import { isCountedNowAndThen, type Totals } from './totals.js'

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

type CountingTotals = Omit<Adding, 'db'> & { db: Transaction }

export type Adding = TenantScope & Pick<Limiting, 'limits'> & { totals: Totals }

/**
 * Makes sure that a tenant may have so much more of something, for good: of several who add to it at once, each counts what the
 * others have added.
 * @throws `limit_reached`
 */
export async function assertRoom(scope: InTransaction<Adding>, name: TotalName, adding = 1): Promise<void> {
  const { db, tenantId, limits, totals } = scope
  const limit = limits[name]
  if (limit === null) return
  if (!isCountedNowAndThen(name))
    await db.$executeRaw`SELECT FROM tenants WHERE id = ${tenantId}::uuid FOR NO KEY UPDATE`
  const before = await countWithin(scope, name, adding)
  const after = before + adding
  totals.add(tenantId, name, adding)
  for (const percent of [80, 100]) {
    const threshold = (limit * percent) / 100
    if (before >= threshold || after < threshold) continue
    await recordEvents(db, [{ tenantId, type: 'quota.warning', data: { quota: name, limit, percent } }])
  }
}

/** The same for the moment, before work that would be in vain. @throws `limit_reached` */
export async function assertHasRoom(scope: Adding, name: TotalName, adding = 1): Promise<void> {
  await countWithin(scope, name, adding)
}

async function countWithin(
  { db, tenantId, limits, totals }: CountingTotals,
  name: TotalName,
  adding: number,
): Promise<number> {
  const limit = limits[name]
  if (limit === null) return 0
  const count = await totals.count(db, tenantId, name, limit)
  if (count + adding <= limit) return count
  throw refusal('limit_reached', `You may have ${limit} of ${name}, and have ${count}.`, {
    pointer: '',
    detail: `would be more ${name} than your limit of ${limit}`,
  })
}
