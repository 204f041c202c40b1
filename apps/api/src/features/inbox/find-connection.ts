import type { Transaction } from '@tellwire/db'
import { notFound } from '../../errors.js'

/** @throws `not_found` */
export async function findConnection({ db, tenantId }: { db: Transaction; tenantId: string }, id: string) {
  const connection = await db.connection.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: { chat: true },
  })
  if (!connection) throw notFound('chat', '/id')
  return connection
}
