import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { showConnectLink } from './show-connect-link.js'

/** @throws `not_found` */
export async function getConnectLink({ db, tenantId }: TenantScope, id: string) {
  const link = await db.connectLink.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!link) throw notFound('connect link', '/id')
  return showConnectLink(link)
}
