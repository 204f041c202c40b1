import { type SystemScope, verifyAudit } from '@tellwire/domain'
import type { Needs } from '../context.js'
import type { AuditVerdictView } from './schemas.js'
import { showTenantId } from './show-entry.js'

/** Goes through the chains of tenants, up to the first fault. @param tenantIds undefined for all. */
export async function verify(
  { db, sealer }: Pick<SystemScope, 'db'> & Needs<'sealer'>,
  tenantIds: readonly string[] | undefined,
): Promise<AuditVerdictView> {
  const owners =
    tenantIds ?? (await db.auditChain.findMany({ select: { tenantId: true } })).map((chain) => chain.tenantId)
  const all: AuditVerdictView = { is_intact: true, fault: null, verified: 0, erased: 0, unsealed: 0 }
  for (const tenantId of owners) {
    const { fault, verified, erased, unsealed } = await verifyOne({ db, sealer }, tenantId)
    all.verified += verified
    all.erased += erased
    all.unsealed += unsealed
    if (!fault) continue
    const { kind, sequence } = fault
    return { ...all, is_intact: false, fault: { kind, tenant_id: showTenantId(tenantId), sequence: Number(sequence) } }
  }
  return all
}

const verifyingMsMax = 60_000

/** On one view of the database: what is sealed meanwhile is neither here nor there. */
async function verifyOne({ db, sealer }: Pick<SystemScope, 'db'> & Needs<'sealer'>, tenantId: string) {
  return db.$transaction((db) => verifyAudit(db, sealer, tenantId), {
    isolationLevel: 'RepeatableRead',
    timeout: verifyingMsMax,
  })
}
