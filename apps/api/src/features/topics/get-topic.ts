import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'

/** @throws `not_found` */
export async function getTopic({ db, tenantId }: TenantContext, name: string) {
  const topic = await db.topic.findUnique({ where: { tenantId_name: { tenantId, name } } })
  if (!topic) throw notFound('topic', '/topic')
  return topic
}
