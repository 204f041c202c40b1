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

const forgottenAfterMs = 10_000

export function createFairShare(priorities: number, now: () => number = () => performance.now()): FairShare {
  const virtualTimes = Array.from({ length: priorities }, () => 0)
  const tenants = new Map<string, TenantPosition & { takenAtMs: number }>()

  return {
    virtualTimes,
    positions: () => [...tenants.values()],
    noteTaken(deliveries) {
      const takenAtMs = now()
      for (const { priority, tenantId, chatId, tag } of deliveries) {
        const position = { priority, tenantId: tenantId ?? nilUuid, chatId, tag, takenAtMs }
        tenants.set(`${priority} ${position.tenantId}`, position)
      }
    },
    noteSent({ priority, tag }) {
      virtualTimes[priority] = Math.max(virtualTimes[priority] ?? 0, tag)
    },
    forget(nowMs) {
      for (const [key, { priority, tag, takenAtMs }] of tenants) {
        if (takenAtMs + forgottenAfterMs < nowMs && tag <= (virtualTimes[priority] ?? 0)) tenants.delete(key)
      }
    },
  }
}
