import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'

/** @throws `not_found` */
export async function getTopic({ db, tenantId }: InTransaction<TenantScope>, name: string) {
  const topic = await db.topic.findUnique({ where: { tenantId_name: { tenantId, name } } })
  if (!topic) throw notFound('topic', '/topic')
  return topic
}
