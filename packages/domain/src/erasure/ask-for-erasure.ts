import { type InTransaction, newId, type Prisma, type Transaction } from '@tellwire/db'
import { LinkEnded } from '@tellwire/jobs'
import { recordAudit } from '../audit/record-audit.js'
import { endConnections } from '../connections/end-connections.js'
import { type AdminScope, tellAfterCommit, type TenantScope } from '../scope.js'
import type { Sealer } from '../secrets/sealer.js'

export type StoredErasure = Prisma.ErasureGetPayload<object>

const digestPurpose = 'erased user'

/** Stands for a person who was erased: who knows the id can tell, and nobody else. */
export function userDigest(sealer: Sealer, tenantId: string, userId: string): string {
  return sealer.derive(digestPurpose, `${tenantId} ${userId}`)
}

/** The latest erasure of a person, that is to be done or was done. */
export async function findErasure(
  db: Transaction,
  sealer: Sealer,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<StoredErasure | null> {
  return db.erasure.findFirst({
    where: { tenantId, userDigest: { in: sealer.deriveAll(digestPurpose, `${tenantId} ${userId}`) } },
    orderBy: { id: 'desc' },
  })
}

/** Disconnects a person, revokes what could connect them again, and asks for everything that is held about them to be removed. */
export async function askToEraseUser(
  scope: InTransaction<TenantScope> & { sealer: Sealer },
  userId: string,
): Promise<StoredErasure> {
  const { db, tenantId, sealer } = scope
  // Whoever is just using a link is waited for here.
  const revoked = await db.connectLink.updateManyAndReturn({
    where: { tenantId, userId, status: 'pending' },
    data: { status: 'revoked' },
    select: { id: true },
  })
  for (const { id } of revoked) tellAfterCommit(scope, LinkEnded, id)
  await endConnections(scope, { tenantId, userId }, { status: 'gone', reason: 'user_erased' })
  const digest = userDigest(sealer, tenantId, userId)
  await recordAudit(scope, { tenantId, action: 'user.deleted', object: { type: 'user', id: digest } })
  return db.erasure.create({ data: { id: newId(), tenantId, userId, userDigest: digest } })
}

/** How long a tenant that was deleted can be brought back. */
export const undoMs = 7 * 86_400_000

/** Asks for a tenant to be removed with everything that is its own, once it can no longer be brought back. */
export async function askToEraseTenant({ db }: InTransaction<AdminScope>, tenantId: string): Promise<StoredErasure> {
  return db.erasure.create({ data: { id: newId(), tenantId, dueAt: new Date(Date.now() + undoMs) } })
}
