import { type ClaimedDelivery, nilUuid, type TenantPosition } from '@tellwire/db'

/**
 * Decides who of a lane's tenants comes next: weighted fair queueing. Every delivery that a tenant has taken moves
 * its finish time on by 1/weight, and the lowest finish times are served first. A tenant that comes, or comes back,
 * begins at the finish time that was sent last: it owes nothing and has saved up nothing.
 */
export interface FairShare {
  /** By priority: the finish time that was sent last. */
  readonly virtualTimes: readonly number[]
  positions(): TenantPosition[]
  recordTaken(deliveries: readonly ClaimedDelivery[]): void
  recordSent(delivery: ClaimedDelivery): void
  /** Forgets tenants that nothing was taken from for a while. */
  forget(nowMs: number): void
}

/** A tenant that nothing was taken from for so long was away, or is so seldom served that it makes no difference. */
const awayAfterMs = 1_000
const forgottenAfterMs = 10_000

interface Tenant extends TenantPosition {
  finishTime: number
  takenAtMs: number
}

export function createFairShare(priorities: number, now: () => number = () => performance.now()): FairShare {
  const virtualTimes = Array.from({ length: priorities }, () => 0)
  const tenants = new Map<string, Tenant>()
  const keyOf = (priority: number, tenantId: string): string => `${priority} ${tenantId}`
  const isAway = ({ priority, finishTime, takenAtMs }: Tenant, nowMs: number): boolean =>
    nowMs - takenAtMs >= awayAfterMs && finishTime <= (virtualTimes[priority] ?? 0)

  return {
    virtualTimes,
    positions() {
      const nowMs = now()
      return [...tenants.values()].map((tenant) => {
        const { priority, tenantId, chatId, finishTime, sentFinishTime } = tenant
        return {
          priority,
          tenantId,
          chatId,
          ...(isAway(tenant, nowMs) ? { finishTime: null, sentFinishTime: null } : { finishTime, sentFinishTime }),
        }
      })
    },
    recordTaken(deliveries) {
      const takenAtMs = now()
      for (const { priority, tenantId, chatId, finishTime } of deliveries) {
        const key = keyOf(priority, tenantId ?? nilUuid)
        const earlier = tenants.get(key)
        // What was sent before it went away says nothing about where the others are now.
        const sentFinishTime = earlier && !isAway(earlier, takenAtMs) ? earlier.sentFinishTime : null
        tenants.set(key, { priority, tenantId: tenantId ?? nilUuid, chatId, finishTime, sentFinishTime, takenAtMs })
      }
    },
    recordSent({ priority, tenantId, finishTime }) {
      virtualTimes[priority] = Math.max(virtualTimes[priority] ?? 0, finishTime)
      const tenant = tenants.get(keyOf(priority, tenantId ?? nilUuid))
      if (tenant) tenant.sentFinishTime = finishTime
    },
    forget(nowMs) {
      for (const [key, { priority, finishTime, takenAtMs }] of tenants) {
        if (takenAtMs + forgottenAfterMs < nowMs && finishTime <= (virtualTimes[priority] ?? 0)) tenants.delete(key)
      }
    },
  }
}
