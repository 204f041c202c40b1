import type { TenantScope } from '../scope.js'
import { tellLinkEnded } from './tell-link-ended.js'

/** Makes a link useless that nobody has used. Of two concurrent calls one returns true. @returns false where it was not pending. */
export async function revokeConnectLink(scope: TenantScope, id: string): Promise<boolean> {
  const { db, tenantId } = scope
  const { count } = await db.connectLink.updateMany({
    where: { id, tenantId, status: 'pending', expiresAt: { gt: new Date() } },
    data: { status: 'revoked' },
  })
  if (count === 1) tellLinkEnded(scope, id)
  return count === 1
}
