import type { Database } from '../client.js'

/** Makes the proof that an erasure took out the details of an entry. */
export type ProveErasure = (entry: { tenantId: string; id: string; digest: string }) => string

const blankedAtOnce = 500

/**
 * Takes the details out of a tenant's audit entries, which stay.
 * @param where SQL of which, with parameters from `$2` on. @returns of how many.
 */
export async function blankAudit(
  db: Database,
  { tenantId, where, values, prove, beforeSlice }: Blanking,
): Promise<number> {
  let count = 0
  for (;;) {
    await beforeSlice?.()
    const entries = await db.$queryRawUnsafe<{ id: string; digest: string }[]>(
      `SELECT id::text, digest FROM audit_entries
       WHERE tenant_id = $1::uuid AND details IS NOT NULL AND (${where}) LIMIT ${blankedAtOnce}`,
      tenantId,
      ...values,
    )
    if (entries.length === 0) return count
    count += await db.$executeRaw`
      UPDATE audit_entries a SET details = NULL, salt = NULL, erasure_proof = e.proof
      FROM unnest(${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ id, digest }) => prove({ tenantId, id, digest }))}::text[])
        AS e (id, proof)
      WHERE a.tenant_id = ${tenantId}::uuid AND a.id = e.id AND a.details IS NOT NULL`
  }
}

export interface Blanking {
  tenantId: string
  where: string
  values: readonly unknown[]
  prove: ProveErasure
  beforeSlice?: (() => Promise<void>) | undefined
}
