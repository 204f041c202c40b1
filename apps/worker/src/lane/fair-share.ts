import { type ClaimedDelivery, nilUuid, type TenantPosition } from '@tellwire/db'

/**
 * Who of a lane's tenants comes next: weighted fair queueing. Every delivery that a tenant has taken moves
 * its tag on by 1/weight, and the lowest tags are served first. A tenant that comes, or comes back, begins
 * at the tag that was sent last: it owes nothing and has saved up nothing.
 */
export interface FairShare {
  /** By priority: the tag that was sent last. */
  readonly virtualTimes: readonly number[]
  positions(): TenantPosition[]
  noteTaken(deliveries: readonly ClaimedDelivery[]): void
  noteSent(delivery: ClaimedDelivery): void
  /** Forgets tenants that nothing was taken from for a while. */
  forget(nowMs: number): void
}

/** A tenant that nothing was taken from for so long was away, or is so seldom served that it makes no difference. */
const awayAfterMs = 1_000
const forgottenAfterMs = 10_000

interface Tenant extends TenantPosition {
  tag: number
  takenAtMs: number
}

export function createFairShare(priorities: number, now: () => number = () => performance.now()): FairShare {
  const virtualTimes = Array.from({ length: priorities }, () => 0)
  const tenants = new Map<string, Tenant>()
  const keyOf = (priority: number, tenantId: string): string => `${priority} ${tenantId}`
  const isAway = ({ priority, tag, takenAtMs }: Tenant, nowMs: number): boolean =>
    nowMs - takenAtMs >= awayAfterMs && tag <= (virtualTimes[priority] ?? 0)

  return {
    virtualTimes,
    positions() {
      const nowMs = now()
      return [...tenants.values()].map((tenant) => {
        const { priority, tenantId, chatId, tag, sentTag } = tenant
        return {
          priority,
          tenantId,
          chatId,
          ...(isAway(tenant, nowMs) ? { tag: null, sentTag: null } : { tag, sentTag }),
        }
      })
    },
    noteTaken(deliveries) {
      const takenAtMs = now()
      for (const { priority, tenantId, chatId, tag } of deliveries) {
        const key = keyOf(priority, tenantId ?? nilUuid)
        const earlier = tenants.get(key)
        // What was sent before it went away says nothing about where the others are now.
        const sentTag = earlier && !isAway(earlier, takenAtMs) ? earlier.sentTag : null
        tenants.set(key, { priority, tenantId: tenantId ?? nilUuid, chatId, tag, sentTag, takenAtMs })
      }
    },
    noteSent({ priority, tenantId, tag }) {
      virtualTimes[priority] = Math.max(virtualTimes[priority] ?? 0, tag)
      const tenant = tenants.get(keyOf(priority, tenantId ?? nilUuid))
      if (tenant) tenant.sentTag = tag
    },
    forget(nowMs) {
      for (const [key, { priority, tag, takenAtMs }] of tenants) {
        if (takenAtMs + forgottenAfterMs < nowMs && tag <= (virtualTimes[priority] ?? 0)) tenants.delete(key)
      }
    },
  }
}
