import { type ClaimedDelivery, nilUuid } from '@tellwire/db'

/**
 * Decides who of a lane's tenants comes next: weighted fair queueing by start times. Every delivery that is sent for a
 * tenant, whatever its priority, moves the tenant's time on by 1/weight, and the tenant with the lowest time is next. A
 * tenant that comes, or comes back, begins where the lane is: it owes nothing and has saved up nothing.
 */
export interface FairShare {
  /** The time of the lane: that of the tenant which was served last. */
  readonly virtualTime: number
  /** At what time a tenant is next. */
  timeOf(tenantId: string): number
  /** The time of a tenant that was served lately; undefined for one that was away. */
  knownTimeOf(tenantId: string): number | undefined
  weightOf(tenantId: string): number
  /** By priority: where in the lane the tenant was served last. */
  chatIdsOf(tenantId: string): readonly (string | undefined)[]
  tenantIds(): string[]
  /** By chat that several tenants write to: which of them was served when. */
  readonly served: ReadonlyMap<string, ReadonlyMap<string, number>>
  recordTaken(delivery: ClaimedDelivery): void
  recordSent(delivery: ClaimedDelivery): void
  /** Forgets tenants and chats that nothing was taken from for a while. */
  forget(nowMs: number): void
}

/**
 * A tenant that nothing was taken from for so long was away. Where many share a bot, each is served every few seconds only;
 * whoever is taken for away then loses what it is behind.
 */
const awayAfterMs = 5_000
const forgottenAfterMs = 10_000
/** How far behind the lane a tenant may be that is served all the time: so much it may catch up. */
const behindMax = 2
const sharedChatForgottenAfterMs = 60_000

interface Tenant {
  time: number
  weight: number
  usedAtMs: number
  chatIds: (string | undefined)[]
}

export function createFairShare(now: () => number = () => performance.now()): FairShare {
  let virtualTime = 0
  let servedCount = 0
  const tenants = new Map<string, Tenant>()
  const served = new Map<string, Map<string, number>>()
  const servedAtMs = new Map<string, number>()

  const knownTimeOf = (tenantId: string): number | undefined => {
    const tenant = tenants.get(tenantId)
    if (!tenant) return undefined
    if (tenant.time <= virtualTime && now() - tenant.usedAtMs >= awayAfterMs) return undefined
    return Math.max(tenant.time, virtualTime - behindMax)
  }
  const timeOf = (tenantId: string): number => knownTimeOf(tenantId) ?? virtualTime

  return {
    get virtualTime() {
      return virtualTime
    },
    timeOf,
    knownTimeOf,
    weightOf: (tenantId) => tenants.get(tenantId)?.weight ?? 1,
    chatIdsOf: (tenantId) => tenants.get(tenantId)?.chatIds ?? [],
    tenantIds: () => [...tenants.keys()],
    served,
    recordTaken({ tenantId, priority, chatId, weight, isShared }) {
      const id = tenantId ?? nilUuid
      const time = timeOf(id)
      const tenant = tenants.get(id) ?? { time, weight, usedAtMs: 0, chatIds: [] }
      tenant.time = time
      tenant.weight = weight
      tenant.usedAtMs = now()
      tenant.chatIds[priority] = chatId
      tenants.set(id, tenant)
      if (!isShared && !served.has(chatId)) return
      const times = served.get(chatId) ?? new Map<string, number>()
      times.set(id, ++servedCount)
      served.set(chatId, times)
      servedAtMs.set(chatId, tenant.usedAtMs)
    },
    recordSent({ tenantId, weight }) {
      const id = tenantId ?? nilUuid
      const time = timeOf(id)
      virtualTime = Math.max(virtualTime, time)
      const tenant = tenants.get(id)
      if (!tenant) return
      tenant.time = time + 1 / weight
      tenant.usedAtMs = now()
    },
    forget(nowMs) {
      for (const [id, { time, usedAtMs }] of tenants) {
        if (usedAtMs + forgottenAfterMs < nowMs && time <= virtualTime) tenants.delete(id)
      }
      for (const [chatId, atMs] of servedAtMs) {
        if (atMs + sharedChatForgottenAfterMs >= nowMs) continue
        servedAtMs.delete(chatId)
        served.delete(chatId)
      }
    },
  }
}
