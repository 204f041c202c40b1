import type { InTransaction, Prisma } from '@tellwire/db'
import { type AdminScope, recordAudit, rotateApiKey } from '@tellwire/domain'
import { ApiError } from '../errors.js'
import { showId } from '../http/ids.js'
import { showKey } from './show-key.js'

/** Issues a key in the place of another, which is let in for a while longer. @throws `conflict` for one that has ended, or was replaced. */
export async function rotateKey(
  scope: InTransaction<AdminScope>,
  { tenantId, id: replacedId }: Pick<Prisma.ApiKeyGetPayload<object>, 'tenantId' | 'id'>,
  overlapSeconds: number,
) {
  const { db } = scope
  // Of two at once the second finds it replaced.
  await db.$queryRaw`SELECT FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND id = ${replacedId}::uuid FOR UPDATE`
  const before = await db.apiKey.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: replacedId } } })
  assertReplaceable(before)
  const { id, key } = await rotateApiKey(db, before, overlapSeconds)
  const view = showKey(await db.apiKey.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }))
  const object = { type: 'key', id: showId('key', before.id) }
  await recordAudit(scope, { tenantId, action: 'key.rotated', object, after: { ...view, overlap: overlapSeconds } })
  return { ...view, key }
}

/** @throws `conflict` for a key that has ended, or was replaced. */
export function assertReplaceable({
  revokedAt,
  expiresAt,
  replacedAt,
}: Pick<Prisma.ApiKeyGetPayload<object>, 'revokedAt' | 'expiresAt' | 'replacedAt'>): void {
  if (replacedAt !== null) {
    throw new ApiError('conflict', 'The key was replaced already: rotate the one in its place, or issue a new one.')
  }
  if (revokedAt !== null || (expiresAt !== null && expiresAt <= new Date())) {
    throw new ApiError('conflict', 'The key has ended: issue a new one.')
  }
}
