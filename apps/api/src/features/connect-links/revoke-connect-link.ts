import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { getConnectLink } from './get-connect-link.js'

/** Makes a link useless that nobody has used. Of two concurrent calls, one finds it already revoked. */
export async function revokeConnectLink(ctx: TenantContext, id: string): Promise<void> {
  const { db, tenantId } = ctx
  const { count } = await db.connectLink.updateMany({
    where: { id, tenantId, status: 'pending', expiresAt: { gt: new Date() } },
    data: { status: 'revoked' },
  })
  if (count === 0) {
    const link = await getConnectLink(ctx, id)
    throw new ApiError('conflict', `The link is already ${link.status}.`)
  }
}
