import { inTransaction } from '@tellwire/db'
import { endConnections, recordAudit, type TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { showId } from '../../http/ids.js'

/** Ends a connection; what still waits for it fails. Doing it again changes nothing. */
export async function disconnect(scope: TenantScope, id: string): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    if ((await db.connection.count({ where: { tenantId, id } })) === 0) throw notFound('connection', '/id')
    const ended = await endConnections(scope, { tenantId, id }, { status: 'gone', reason: 'app_disconnected' })
    if (ended === 0) return
    const object = { type: 'connection', id: showId('con', id) }
    await recordAudit(scope, { tenantId, action: 'connection.ended', object })
  })
}
