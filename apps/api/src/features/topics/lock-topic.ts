import type { InTransaction } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'

/** Makes those who change a topic, or subscribe to it, come one after the other. @throws `not_found` */
export async function lockTopic(scope: InTransaction<TenantScope>, name: string): Promise<string> {
  const id = await tryToLockTopic(scope, name)
  if (id === undefined) throw notFound('topic', '/topic')
  return id
}

/** @returns undefined where there is no such topic, or it was deleted a moment ago. */
export async function tryToLockTopic(
  { db, tenantId }: InTransaction<TenantScope>,
  name: string,
): Promise<string | undefined> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM topics WHERE tenant_id = ${tenantId}::uuid AND name = ${name} FOR UPDATE`
  return rows[0]?.id
}
