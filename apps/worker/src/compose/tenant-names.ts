import type { Database } from '@tellwire/db'

/** The names of tenants, which stand above what they send through a bot that others use too. */
export interface TenantNames {
  /** @returns at once what was read not long ago. */
  read(tenantId: string): string | Promise<string>
}

const keptMax = 10_000
const keptForMs = 60_000

export function createTenantNames(db: Database): TenantNames {
  const kept = new Map<string, { name: string; untilMs: number }>()
  return {
    read(tenantId) {
      const known = kept.get(tenantId)
      if (known && performance.now() < known.untilMs) return known.name
      return db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { name: true } }).then(({ name }) => {
        const [oldest] = kept.keys()
        if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
        kept.set(tenantId, { name, untilMs: performance.now() + keptForMs })
        return name
      })
    },
  }
}
