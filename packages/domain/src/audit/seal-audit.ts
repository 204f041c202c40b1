import type { Database, Transaction } from '@tellwire/db'
import type { Sealer } from '../secrets/sealer.js'
import { type ChainedEntry, chainHash, chainStart, endSignature } from './audit-entry.js'

const sealedAtOnce = 500

/**
 * Gives entries their places in the chains of their tenants. Whoever writes entries takes no lock and waits for nobody: this
 * follows, one after the other. @returns how many were sealed; there may be more.
 */
export async function sealAudit(db: Database, sealer: Sealer): Promise<number> {
  if ((await findUnsealed(db, 1)).length === 0) return 0
  return db.$transaction(async (db) => {
    await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('tellwire.audit'))`
    const entries = await findUnsealed(db, sealedAtOnce)
    const tenantIds = new Set(entries.map(({ tenantId }) => tenantId))
    for (const tenantId of tenantIds) {
      const unsealed = entries.filter((entry) => entry.tenantId === tenantId)
      await extendChain(db, sealer, tenantId, unsealed)
    }
    return entries.length
  })
}

async function findUnsealed(db: Transaction, countMax: number): Promise<ChainedEntry[]> {
  return db.auditEntry.findMany({
    where: { sequence: null },
    orderBy: [{ tenantId: 'asc' }, { id: 'asc' }],
    take: countMax,
    omit: { details: true, salt: true },
  })
}

async function extendChain(
  db: Transaction,
  sealer: Sealer,
  tenantId: string,
  unsealed: readonly ChainedEntry[],
): Promise<void> {
  let { sequence, hash } = (await db.auditChain.findUnique({ where: { tenantId } })) ?? {
    sequence: 0n,
    hash: chainStart,
  }
  for (const entry of unsealed) {
    hash = chainHash(sealer, hash, ++sequence, entry)
    await db.auditEntry.update({ where: { tenantId_id: { tenantId, id: entry.id } }, data: { sequence, hash } })
  }
  const end = { tenantId, sequence, hash }
  const data = { ...end, signature: endSignature(sealer, end) }
  await db.auditChain.upsert({ where: { tenantId }, create: data, update: data })
}
