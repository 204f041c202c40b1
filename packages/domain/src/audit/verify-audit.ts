import type { Transaction } from '@tellwire/db'
import type { Sealer } from '../secrets/sealer.js'
import {
  type ChainEnd,
  type ChainedEntry,
  chainStart,
  digestOf,
  isChained,
  isProvenErasure,
  isSignedEnd,
} from './audit-entry.js'

/** The first fault of a chain, and where it is. */
export interface AuditFault {
  /** `missing`: an entry is gone. `changed`: it is not as it was sealed, or not in its place. `cut_off`: the end is gone. */
  kind: 'missing' | 'changed' | 'cut_off'
  sequence: bigint
}

/** A place in a chain, as it was once told: whoever keeps it elsewhere notices if all from there on is put back. */
export type AuditHead = Pick<ChainEnd, 'sequence' | 'hash'>

export interface AuditVerdict {
  fault: AuditFault | undefined
  /** Entries whose place in the chain was found right. */
  verified: number
  /** Those of them whose details were taken out. */
  erased: number
  /** Entries that have no place yet. */
  unsealed: number
  /** The last place; absent where nothing is sealed. */
  head: AuditHead | undefined
}

const readAtOnce = 1_000

/**
 * Goes through a tenant's chain from its beginning, up to the first fault.
 * @param known a place that the chain had once, and has to have still.
 */
export async function verifyAudit(
  db: Transaction,
  sealer: Sealer,
  tenantId: string,
  known?: AuditHead,
): Promise<AuditVerdict> {
  const verdict = {
    fault: undefined as AuditFault | undefined,
    verified: 0,
    erased: 0,
    unsealed: await db.auditEntry.count({ where: { tenantId, sequence: null } }),
    head: undefined as AuditHead | undefined,
  }
  const faulty = (kind: AuditFault['kind'], sequence: bigint): AuditVerdict => ({
    ...verdict,
    fault: { kind, sequence },
  })
  const signedSince = await readSignedSince(db)
  let last: (AuditHead & { createdAt: Date }) | undefined
  for (;;) {
    const entries = await db.auditEntry.findMany({
      where: { tenantId, sequence: { gt: last?.sequence ?? 0n } },
      orderBy: { sequence: 'asc' },
      take: readAtOnce,
    })
    for (const entry of entries) {
      const sequence = (last?.sequence ?? 0n) + 1n
      if (entry.sequence !== sequence) return faulty('missing', sequence)
      const { hash, createdAt } = entry
      const said = judgeDetails(sealer, entry, createdAt < signedSince)
      if (said === 'changed' || hash === null || !isChained(sealer, last?.hash ?? chainStart, sequence, entry, hash)) {
        return faulty('changed', sequence)
      }
      if (known?.sequence === sequence && known.hash !== hash) return faulty('changed', sequence)
      verdict.verified++
      if (said === 'erased') verdict.erased++
      last = { sequence, hash, createdAt }
      verdict.head = { sequence, hash }
    }
    if (entries.length < readAtOnce) break
  }
  const next = (last?.sequence ?? 0n) + 1n
  if (known && known.sequence >= next) return faulty('cut_off', next)
  return (await isEnd(db, sealer, { tenantId, last, signedSince, isEmpty: verdict.unsealed === 0 }))
    ? verdict
    : faulty('cut_off', next)
}

/** @param isEarlier the entry is of before erasures were proved. */
function judgeDetails(
  sealer: Sealer,
  entry: ChainedEntry & { details: string | null; salt: Uint8Array | null; erasureProof: string | null },
  isEarlier: boolean,
): 'as written' | 'erased' | 'changed' {
  const { details, salt, digest, erasureProof } = entry
  if (details !== null && salt !== null) return digestOf(salt, details) === digest ? 'as written' : 'changed'
  if (erasureProof === null) return isEarlier ? 'erased' : 'changed'
  return isProvenErasure(sealer, entry, erasureProof) ? 'erased' : 'changed'
}

interface FoundEnd {
  tenantId: string
  last: (AuditHead & { createdAt: Date }) | undefined
  signedSince: Date
  /** Nothing waits for its place either. */
  isEmpty: boolean
}

/** Whether a chain ends where it was last sealed. */
async function isEnd(
  db: Transaction,
  sealer: Sealer,
  { tenantId, last, signedSince, isEmpty }: FoundEnd,
): Promise<boolean> {
  const end = await db.auditChain.findUnique({ where: { tenantId } })
  if (!last) {
    if (end) return false
    const tenant = isEmpty ? await db.tenant.findUnique({ where: { id: tenantId } }) : null
    // That a tenant was made is its first entry.
    return tenant === null || tenant.createdAt < signedSince
  }
  if (end?.sequence !== last.sequence || end.hash !== last.hash) return false
  return end.signature === null ? last.createdAt < signedSince : isSignedEnd(sealer, end, end.signature)
}

/** Since when ends of chains are signed, and erasures proved. */
async function readSignedSince(db: Transaction): Promise<Date> {
  const setting = await db.serviceSetting.findUnique({ where: { name: 'audit_signed_since' } })
  return new Date(setting?.value ?? 0)
}
