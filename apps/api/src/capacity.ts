import { type Backlog, type Database, measureBacklog, measureOwnBacklog, type Pool, type Priority } from '@tellwire/db'
import { createCache } from './cache.js'

const kept = { keptForMs: 5_000, entriesMax: 10_000, staleForMs: 3_600_000 }
const dear = { ...kept, shareMax: 0.002 }
/** So many of a priority are counted in a lane: what is beyond waits for long whatever it is. */
export const countedMax = 50_000
/** Four of `normal` go for one of `bulk` while both wait. */
const normalsPerBulk = 4

/** Tells when something leaves, without asking the database each time. */
export interface Capacity {
  /** In how many milliseconds the next notification of the tenant leaves, on the busiest of its bots. */
  expectWaitMs(tenantId: string, priority: Priority): Promise<number>
  /** How many messages a second the tenant's bots send together. */
  presentRate(tenantId: string): Promise<number>
}

/** The waits are looked up every five seconds at most, less often where that is dear; meanwhile the last ones are told. */
export function createCapacity({ db, engine }: { db: Database; engine: Pool }): Capacity {
  const bots = createCache(kept, async (tenantId) => {
    const access = await db.botAccess.findMany({
      where: { tenantId },
      select: { botId: true, bot: { select: { tenantId: true } } },
      take: 20,
    })
    return access.map(({ botId, bot }) => ({ botId, isOwn: bot.tenantId === tenantId }))
  })
  // Counting a long backlog is dear: once for all tenants of a bot.
  const backlog = createCache(dear, (botId) => measureBacklog(engine, botId, countedMax))
  const ownOf = createCache(dear, (key) => {
    const [botId = '', tenantId = ''] = key.split(' ')
    return measureOwnBacklog(engine, botId, tenantId, countedMax)
  })
  const backlogsOf = async (tenantId: string): Promise<Backlog[]> => {
    const found = await Promise.all(
      (await bots.get(tenantId)).map(async ({ botId, isOwn }) => {
        const whole = await backlog.get(botId)
        // What waits of others on a shared bot is nobody's business, and takes turns with it.
        return !whole || isOwn ? whole : { ...whole, waiting: await ownOf.get(`${botId} ${tenantId}`) }
      }),
    )
    return found.filter((backlog) => backlog !== undefined)
  }

  return {
    expectWaitMs: async (tenantId, priority) => {
      const backlogs = await backlogsOf(tenantId)
      return Math.max(0, ...backlogs.map((backlog) => waitMsOf(backlog, priority)))
    },
    presentRate: async (tenantId) => {
      const backlogs = await backlogsOf(tenantId)
      return backlogs.reduce((sum, { presentRate }) => sum + presentRate, 0)
    },
  }
}

/** How long what is accepted now waits behind what is there; `Infinity` in a lane that stands still. */
export function waitMsOf({ waiting, presentRate, pausedForMs, parkedReason }: Backlog, priority: Priority): number {
  if (parkedReason !== null) return Infinity
  const [high = 0, normal = 0, bulk = 0] = waiting
  const ahead = {
    high,
    normal: high + normal + Math.min(bulk, normal / normalsPerBulk),
    bulk: high + bulk + Math.min(normal, bulk * normalsPerBulk),
  }
  return pausedForMs + (ahead[priority] / Math.max(1, presentRate)) * 1_000
}
