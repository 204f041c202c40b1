import type { Database } from '../client.js'
import { stretchesOf } from './remove-rows.js'

/** Makes the proof that an erasure took out the details of an entry. */
export type ProveErasure = (entry: { tenantId: string; id: string; digest: string }) => string

const blankedAtOnce = 500
const audit = { name: 'audit_entries', columns: new Set(['id']) }

export interface Blanking {
  tenantId: string
  /** SQL of which entries, with parameters from `$2` on. */
  where: string
  values: readonly unknown[]
  prove: ProveErasure
  /** Is called before each slice; whatever it throws ends the work. */
  beforeSlice?: (() => Promise<void>) | undefined
}

/** Takes the details out of a tenant's audit entries, which stay. @returns of how many. */
export async function blankAudit(
  db: Database,
  { tenantId, where, values, prove, beforeSlice }: Blanking,
): Promise<number> {
  let count = 0
  for await (const stretch of stretchesOf(db, audit, tenantId)) {
    await beforeSlice?.()
    const entries = await db.$queryRawUnsafe<{ id: string; digest: string }[]>(
      `SELECT id::text, digest FROM audit_entries
       WHERE tenant_id = $1::uuid AND ${stretch.where(values.length + 2)} AND details IS NOT NULL AND (${where})`,
      tenantId,
      ...values,
      ...stretch.values,
    )
    for (let from = 0; from < entries.length; from += blankedAtOnce) {
      await beforeSlice?.()
      const slice = entries.slice(from, from + blankedAtOnce)
      count += await db.$executeRaw`
        UPDATE audit_entries a SET details = NULL, salt = NULL, erasure_proof = e.proof
        FROM unnest(${slice.map(({ id }) => id)}::uuid[], ${slice.map(({ id, digest }) => prove({ tenantId, id, digest }))}::text[])
          AS e (id, proof)
        WHERE a.tenant_id = ${tenantId}::uuid AND a.id = e.id AND a.details IS NOT NULL`
    }
  }
  return count
}
