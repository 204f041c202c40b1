import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'
import { showConnectLink } from './show-connect-link.js'

export async function getConnectLink({ db, tenantId }: TenantContext, id: string) {
  const link = await db.connectLink.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!link) throw notFound('connect link', '/id')
  return showConnectLink(link)
}
