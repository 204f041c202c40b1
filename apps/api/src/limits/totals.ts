import { countPending, type Pool, type Transaction } from '@tellwire/db'
import type { TotalName } from '@tellwire/domain'

/** Tells how much a tenant has of what is limited. */
export interface Totals {
  /**
   * Counts up to a little more than `countMax`. What may be many is counted every few seconds, and added up meanwhile.
   * @param db of the scope: a transaction that waited for a second connection could wait for itself.
   */
  count(db: Transaction, tenantId: string, name: TotalName, countMax: number): Promise<number>
  /** Adds to what was counted last. */
  add(tenantId: string, name: TotalName, amount: number): void
}

const keptForMs = 10_000
/** For so long it serves while it is counted anew: a long backlog takes a while to count, and nobody waits for it. */
const servesForMs = 60_000
const entriesMax = 20_000

interface Entry {
  counted: Promise<number>
  added: number
  untilMs: number
  servesUntilMs: number
}

/** Whether there may be so many of it that they are counted every few seconds. */
export function isCountedNowAndThen(name: TotalName): boolean {
  return name === 'users' || name === 'pending_deliveries'
}

export function createTotals({ engine }: { engine: Pool }): Totals {
  const entries = new Map<string, Entry>()
  const count = async (db: Transaction, tenantId: string, name: TotalName, countMax: number): Promise<number> => {
    switch (name) {
      case 'users':
        return db.user
          .findMany({ where: { tenantId }, select: { userId: true }, skip: countMax, take: 1 })
          .then(({ length }) => (length > 0 ? countMax + 1 : db.user.count({ where: { tenantId } })))
      case 'bots':
        return db.bot.count({ where: { tenantId, status: { not: 'deleted' } } })
      case 'templates':
        return db.template.count({ where: { tenantId, deletedAt: null } })
      case 'files':
        return db.file.count({ where: { tenantId } })
      case 'file_bytes':
        return Number((await db.file.aggregate({ where: { tenantId }, _sum: { size: true } }))._sum.size ?? 0)
      case 'pending_deliveries':
        return countPending(engine, tenantId, countMax)
    }
  }

  return {
    async count(db, tenantId, name, countMax) {
      if (!isCountedNowAndThen(name)) return count(db, tenantId, name, countMax)
      const key = `${tenantId} ${name}`
      const known = entries.get(key)
      if (known && performance.now() < known.untilMs) return (await known.counted) + known.added
      const counted = count(db, tenantId, name, countMax)
      const keep = (): void => {
        const [oldest] = entries.keys()
        if (entries.size >= entriesMax && oldest !== undefined) entries.delete(oldest)
        entries.delete(key)
        const nowMs = performance.now()
        entries.set(key, { counted, added: 0, untilMs: nowMs + keptForMs, servesUntilMs: nowMs + servesForMs })
      }
      if (known && name === 'pending_deliveries' && performance.now() < known.servesUntilMs) {
        known.untilMs = performance.now() + keptForMs
        counted.then(keep, () => undefined)
        return (await known.counted) + known.added
      }
      counted.catch(() => entries.delete(key))
      keep()
      return counted
    },
    add(tenantId, name, amount) {
      const entry = entries.get(`${tenantId} ${name}`)
      if (entry) entry.added += amount
    },
  }
}
