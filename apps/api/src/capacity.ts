import { type Backlog, type Database, measureBacklog, type Pool, type Priority } from '@tellwire/db'

const keptForMs = 5_000
const countMax = 50_000
const priorityOrder: Priority[] = ['high', 'normal', 'bulk']
/** Four of `normal` go for one of `bulk` while both wait. */
const normalsPerBulk = 4

/** What can be told about when something leaves, without asking the database each time. */
export interface Capacity {
  /** In how many milliseconds the next notification of the tenant leaves, on the busiest of its bots. */
  expectWaitMs(tenantId: string, priority: Priority): Promise<number>
}

/** The waits are looked up every five seconds at most; meanwhile the last ones are told. */
export function createCapacity({ db, engine }: { db: Database; engine: Pool }): Capacity {
  const tenants = new Map<string, { waits: Promise<Record<Priority, number>>; atMs: number; isOld: boolean }>()

  const lookUp = async (tenantId: string): Promise<Record<Priority, number>> => {
    const access = await db.botAccess.findMany({ where: { tenantId }, select: { botId: true }, take: 20 })
    const backlogs = await Promise.all(access.map(({ botId }) => measureBacklog(engine, botId, countMax)))
    const longest = (priority: Priority): number =>
      Math.max(0, ...backlogs.map((backlog) => (backlog ? waitMsOf(backlog, priority) : 0)))
    return { high: longest('high'), normal: longest('normal'), bulk: longest('bulk') }
  }

  const refresh = (tenantId: string): Promise<Record<Priority, number>> => {
    const waits = lookUp(tenantId)
    waits.catch(() => tenants.delete(tenantId))
    tenants.set(tenantId, { waits, atMs: performance.now(), isOld: false })
    return waits
  }

  return {
    async expectWaitMs(tenantId, priority) {
      const known = tenants.get(tenantId)
      if (!known) return (await refresh(tenantId))[priority]
      if (!known.isOld && performance.now() - known.atMs > keptForMs) {
        known.isOld = true
        void lookUp(tenantId)
          .then((waits) =>
            tenants.set(tenantId, { waits: Promise.resolve(waits), atMs: performance.now(), isOld: false }),
          )
          .catch(() => tenants.delete(tenantId))
      }
      return (await known.waits)[priority]
    },
  }
}

/** How long what is accepted now waits behind what is there; `Infinity` in a lane that stands still. */
export function waitMsOf({ waiting, presentRate, pausedForMs, parkedReason }: Backlog, priority: Priority): number {
  if (parkedReason !== undefined) return Infinity
  const [high = 0, normal = 0, bulk = 0] = waiting
  const ahead = {
    high,
    normal: high + normal + Math.min(bulk, normal / normalsPerBulk),
    bulk: high + bulk + Math.min(normal, bulk * normalsPerBulk),
  }
  return pausedForMs + (ahead[priority] / Math.max(1, presentRate)) * 1_000
}

export function priorityAt(index: number): Priority {
  return priorityOrder[index] ?? 'normal'
}
