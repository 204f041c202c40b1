import { type Backlog, type Database, measureBacklog, type Pool, type Priority } from '@tellwire/db'

const keptForMs = 5_000
const countMax = 50_000
const tenantsMax = 10_000
/** Four of `normal` go for one of `bulk` while both wait. */
const normalsPerBulk = 4

/** What can be told about when something leaves, without asking the database each time. */
export interface Capacity {
  /** In how many milliseconds the next notification of the tenant leaves, on the busiest of its bots. */
  expectWaitMs(tenantId: string, priority: Priority): Promise<number>
  /** How many messages a second the tenant's bots send together. */
  presentRate(tenantId: string): Promise<number>
}

type Outlook = Record<Priority, number> & { rate: number }

/** The waits are looked up every five seconds at most; meanwhile the last ones are told. */
export function createCapacity({ db, engine }: { db: Database; engine: Pool }): Capacity {
  const tenants = new Map<string, { outlook: Promise<Outlook>; atMs: number; isOld: boolean }>()

  const lookUp = async (tenantId: string): Promise<Outlook> => {
    const access = await db.botAccess.findMany({ where: { tenantId }, select: { botId: true }, take: 20 })
    const backlogs = await Promise.all(access.map(({ botId }) => measureBacklog(engine, botId, countMax)))
    const longest = (priority: Priority): number =>
      Math.max(0, ...backlogs.map((backlog) => (backlog ? waitMsOf(backlog, priority) : 0)))
    const rate = backlogs.reduce((sum, backlog) => sum + (backlog?.presentRate ?? 0), 0)
    return { high: longest('high'), normal: longest('normal'), bulk: longest('bulk'), rate }
  }

  const remember = (tenantId: string, outlook: Promise<Outlook>): void => {
    if (tenants.size >= tenantsMax) tenants.clear()
    tenants.set(tenantId, { outlook, atMs: performance.now(), isOld: false })
  }

  const refresh = (tenantId: string): Promise<Outlook> => {
    const outlook = lookUp(tenantId)
    outlook.catch(() => tenants.delete(tenantId))
    remember(tenantId, outlook)
    return outlook
  }

  const look = (tenantId: string): Promise<Outlook> => {
    const known = tenants.get(tenantId)
    if (!known) return refresh(tenantId)
    if (!known.isOld && performance.now() - known.atMs > keptForMs) {
      known.isOld = true
      void lookUp(tenantId)
        .then((outlook) => remember(tenantId, Promise.resolve(outlook)))
        .catch(() => tenants.delete(tenantId))
    }
    return known.outlook
  }

  return {
    expectWaitMs: async (tenantId, priority) => (await look(tenantId))[priority],
    presentRate: async (tenantId) => (await look(tenantId)).rate,
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
