import type { Transaction } from '@tellwire/db'
import type { Sealer } from '../secrets/sealer.js'
import { chainStart, digestOf, isChained } from './audit-entry.js'

/** The first fault of a chain, and where it is. */
export interface AuditFault {
  /** `missing`: an entry is gone. `changed`: it is not as it was sealed, or not in its place. `cut_off`: the end is gone. */
  kind: 'missing' | 'changed' | 'cut_off'
  sequence: bigint
}

export interface AuditVerdict {
  fault: AuditFault | undefined
  /** Entries whose place in the chain was found right. */
  verified: number
  /** Those of them whose details were taken out. */
  erased: number
  /** Entries that have no place yet. */
  unsealed: number
}

const readAtOnce = 1_000

/** Goes through a tenant's chain from its beginning, up to the first fault. */
export async function verifyAudit(db: Transaction, sealer: Sealer, tenantId: string): Promise<AuditVerdict> {
  const end = await db.auditChain.findUnique({ where: { tenantId } })
  const verdict = {
    fault: undefined as AuditFault | undefined,
    verified: 0,
    erased: 0,
    unsealed: await db.auditEntry.count({ where: { tenantId, sequence: null } }),
  }
  let before = chainStart
  let last = 0n
  for (;;) {
    const entries = await db.auditEntry.findMany({
      where: { tenantId, sequence: { gt: last } },
      orderBy: { sequence: 'asc' },
      take: readAtOnce,
    })
    for (const entry of entries) {
      const sequence = last + 1n
      if (entry.sequence !== sequence) return { ...verdict, fault: { kind: 'missing', sequence } }
      const { details, salt, digest, hash } = entry
      const isErased = details === null || salt === null
      const isAsWritten = isErased || digestOf(salt, details) === digest
      if (!isAsWritten || hash === null || !isChained(sealer, before, sequence, entry, hash)) {
        return { ...verdict, fault: { kind: 'changed', sequence } }
      }
      verdict.verified++
      if (isErased) verdict.erased++
      before = hash
      last = sequence
    }
    if (entries.length < readAtOnce) break
  }
  const isWhole = (end?.sequence ?? 0n) === last && (end?.hash ?? chainStart) === before
  return isWhole ? verdict : { ...verdict, fault: { kind: 'cut_off', sequence: last + 1n } }
}
