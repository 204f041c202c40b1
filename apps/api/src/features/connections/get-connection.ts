import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { showConnection, withChat } from '../../views/connection.js'

/** @throws `not_found` */
export async function getConnection({ db, tenantId }: TenantScope, id: string) {
  const connection = await db.connection.findUnique({ where: { tenantId_id: { tenantId, id } }, include: withChat })
  if (!connection) throw notFound('connection', '/id')
  return showConnection(connection)
}
