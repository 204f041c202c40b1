import { inTransaction } from '@tellwire/db'
import { endConnections } from '@tellwire/domain'
import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'

/** Ends a connection; what still waits for it fails. Doing it again changes nothing. */
export async function disconnect(ctx: TenantContext, id: string): Promise<void> {
  await inTransaction(ctx, async ({ db, tenantId }) => {
    const connection = await db.connection.findUnique({
      where: { tenantId_id: { tenantId, id } },
      select: { id: true },
    })
    if (!connection) throw notFound('connection', '/id')
    await endConnections(db, { tenantId, id }, { status: 'gone', reason: 'app_disconnected' })
  })
}
