import type { TenantScope } from '../scope.js'

/** Makes a link useless that nobody has used. Of two concurrent calls one returns true. @returns false where it was not pending. */
export async function revokeConnectLink({ db, tenantId }: TenantScope, id: string): Promise<boolean> {
  const { count } = await db.connectLink.updateMany({
    where: { id, tenantId, status: 'pending', expiresAt: { gt: new Date() } },
    data: { status: 'revoked' },
  })
  return count === 1
}
