import type { Database, Transaction } from '@tellwire/db'
import type { Sealer } from '../secrets/sealer.js'
import { type ChainedEntry, chainHash, chainStart, endSignature } from './audit-entry.js'

const sealedAtOnce = 500
/** The rest of a long line waits for the next time. */
const slicesMax = 4

/**
 * Gives entries their places in the chains of their tenants, in the order in which they were written. Whoever writes entries takes
 * no lock and waits for nobody: this follows, one after the other. @returns how many were sealed; there may be more.
 */
export async function sealAudit(db: Database, sealer: Sealer): Promise<number> {
  let sealed = 0
  for (let slice = 0; slice < slicesMax; slice++) {
    if ((await findUnsealed(db, 1)).length === 0) break
    sealed += await sealSlice(db, sealer)
  }
  return sealed
}

async function sealSlice(db: Database, sealer: Sealer): Promise<number> {
  return db.$transaction(async (db) => {
    await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('tellwire.audit'))`
    const entries = await findUnsealed(db, sealedAtOnce)
    for (const tenantId of new Set(entries.map((entry) => entry.tenantId))) {
      const unsealed = entries.filter((entry) => entry.tenantId === tenantId)
      await extendChain(db, sealer, tenantId, unsealed)
    }
    return entries.length
  })
}

async function findUnsealed(db: Transaction, countMax: number): Promise<ChainedEntry[]> {
  return db.auditEntry.findMany({
    where: { sequence: null },
    orderBy: { id: 'asc' },
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
  const places = unsealed.map((entry) => {
    hash = chainHash(sealer, hash, ++sequence, entry)
    return { id: entry.id, sequence, hash }
  })
  await db.$executeRaw`
    UPDATE audit_entries e SET sequence = p.sequence, hash = p.hash
    FROM unnest(
      ${places.map(({ id }) => id)}::uuid[], ${places.map((place) => place.sequence)}::bigint[], ${places.map((place) => place.hash)}::text[]
    ) AS p (id, sequence, hash)
    WHERE e.tenant_id = ${tenantId}::uuid AND e.id = p.id AND e.sequence IS NULL`
  const end = { tenantId, sequence, hash }
  const data = { ...end, signature: endSignature(sealer, end) }
  await db.auditChain.upsert({ where: { tenantId }, create: data, update: data })
}
