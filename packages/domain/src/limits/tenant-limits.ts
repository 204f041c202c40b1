import { isRecord } from '@tellwire/db'

/** Limits that count within a window of time: by name, its length in seconds. A month has 30 days. */
export const quotaSeconds = {
  requests_per_second: 1,
  notifications_per_minute: 60,
  notifications_per_day: 86_400,
  notifications_per_month: 2_592_000,
} as const
export type QuotaName = keyof typeof quotaSeconds

/** Limits of what a tenant has at a time. */
export const totalNames = ['users', 'bots', 'templates', 'files', 'file_bytes', 'pending_deliveries'] as const
export type TotalName = (typeof totalNames)[number]

export type LimitName = QuotaName | TotalName
export const limitNames: readonly LimitName[] = [...(Object.keys(quotaSeconds) as QuotaName[]), ...totalNames]

/** How much a tenant may take; null for as much as it likes. */
export type TenantLimits = Record<LimitName, number | null>

/** What a tenant may take for which nobody has set anything else: enough for a large customer, and not for a flood. */
export const usualLimits: TenantLimits = {
  requests_per_second: 10_000,
  notifications_per_minute: 1_000_000,
  notifications_per_day: 50_000_000,
  notifications_per_month: null,
  users: 5_000_000,
  bots: 1_000,
  templates: 10_000,
  files: 100_000,
  file_bytes: 100 * 1_073_741_824,
  pending_deliveries: 10_000_000,
}

/** The limits of a tenant: the usual ones, and what an admin has set instead. */
export function readLimits(stored: unknown): TenantLimits {
  const set = isRecord(stored) ? stored : {}
  const limits = { ...usualLimits }
  for (const name of limitNames) {
    const value = set[name]
    if (value === null || typeof value === 'number') limits[name] = value
  }
  return limits
}
