import type { Prisma } from '@tellwire/db'

/** The bots that a tenant may send through: its own, and those that it chose of the operator's. */
export function usableBy(tenantId: string) {
  return {
    status: { not: 'deleted' },
    access: { some: { tenantId, leftAt: null } },
  } satisfies Prisma.BotWhereInput
}
