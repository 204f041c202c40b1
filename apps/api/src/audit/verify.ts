import type { Database } from '@tellwire/db'
import { type AuditHead, type SystemScope, verifyAudit } from '@tellwire/domain'
import type { Needs } from '../context.js'
import { ApiError } from '../errors.js'
import type { AuditVerdictView, KnownHead } from './schemas.js'
import { showTenantId } from './show-entry.js'

/**
 * Goes through the chains of tenants, up to the first fault. @param tenantIds undefined for all. @param known a place that
 * the only one of them had. @throws `invalid_request`
 */
export async function verify(
  { db, sealer }: Pick<SystemScope, 'db'> & Needs<'sealer'>,
  tenantIds: readonly string[] | undefined,
  known: KnownHead,
): Promise<AuditVerdictView> {
  const owners = tenantIds ?? (await findOwners(db))
  const head = readKnown(known, owners)
  const all: AuditVerdictView = { is_intact: true, fault: null, verified: 0, erased: 0, unsealed: 0, head: null }
  for (const tenantId of owners) {
    const { fault, verified, erased, unsealed, head: end } = await verifyOne({ db, sealer }, tenantId, head)
    all.verified += verified
    all.erased += erased
    all.unsealed += unsealed
    if (end && tenantIds?.length === 1) all.head = { sequence: Number(end.sequence), hash: end.hash }
    if (!fault) continue
    const { kind, sequence } = fault
    return { ...all, is_intact: false, fault: { kind, tenant_id: showTenantId(tenantId), sequence: Number(sequence) } }
  }
  return all
}

/** Everybody who has an audit, or should have: the service itself too. */
async function findOwners(db: Database): Promise<string[]> {
  const chains = await db.auditChain.findMany({ select: { tenantId: true } })
  const tenants = await db.tenant.findMany({ select: { id: true } })
  return [...new Set([...chains.map(({ tenantId }) => tenantId), ...tenants.map(({ id }) => id)])]
}

function readKnown({ sequence, hash }: KnownHead, owners: readonly string[]): AuditHead | undefined {
  if (sequence === undefined && hash === undefined) return undefined
  if (sequence !== undefined && hash !== undefined && owners.length === 1) return { sequence: BigInt(sequence), hash }
  throw new ApiError('invalid_request', 'A place of one chain is its sequence and its hash.', {
    errors: [{ pointer: '/sequence', code: 'incomplete', detail: 'goes with `hash`, and with one tenant' }],
  })
}

const verifyingMsMax = 60_000

/** On one view of the database: what is sealed meanwhile is neither here nor there. */
async function verifyOne(
  { db, sealer }: Pick<SystemScope, 'db'> & Needs<'sealer'>,
  tenantId: string,
  known: AuditHead | undefined,
) {
  return db.$transaction((db) => verifyAudit(db, sealer, tenantId, known), {
    isolationLevel: 'RepeatableRead',
    timeout: verifyingMsMax,
  })
}
