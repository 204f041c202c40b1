import { LinkEnded } from '@tellwire/jobs'
import { tellAfterCommit, type TenantScope } from '../scope.js'

/** Makes a link useless that nobody has used. Of two concurrent calls one returns true. @returns false where it was not pending. */
export async function revokeConnectLink(scope: TenantScope, id: string): Promise<boolean> {
  const { db, tenantId } = scope
  const { count } = await db.connectLink.updateMany({
    where: { id, tenantId, status: 'pending', expiresAt: { gt: new Date() } },
    data: { status: 'revoked' },
  })
  if (count === 1) tellAfterCommit(scope, LinkEnded, id)
  return count === 1
}
