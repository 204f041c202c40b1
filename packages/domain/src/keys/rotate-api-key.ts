import type { Prisma, Transaction } from '@tellwire/db'
import { issueApiKey, type IssuedKey, type Scope } from './issue-api-key.js'

/** Issues a key that can do what another can, which ends once the two have overlapped for so long. */
export async function rotateApiKey(
  db: Transaction,
  key: Prisma.ApiKeyGetPayload<object>,
  overlapSeconds: number,
): Promise<IssuedKey> {
  const { tenantId, id, name, networks, expiresAt } = key
  // They were checked when the key was issued.
  const scopes = key.scopes as Scope[]
  const issued = await issueApiKey(db, {
    tenantId,
    name,
    scopes,
    mode: key.mode === 'test' ? 'test' : 'live',
    networks,
    expiresAt: expiresAt ?? undefined,
  })
  await db.apiKey.update({ where: { tenantId_id: { tenantId, id } }, data: endAfter(expiresAt, overlapSeconds) })
  return issued
}

/** The columns of a key that was replaced: it ends once the two have overlapped, and at its own end at the latest. */
export function endAfter(expiresAt: Date | null, overlapSeconds: number): { expiresAt: Date; replacedAt: Date } {
  const replacedAt = new Date()
  const endsAt = new Date(replacedAt.getTime() + overlapSeconds * 1_000)
  return { expiresAt: expiresAt && expiresAt < endsAt ? expiresAt : endsAt, replacedAt }
}
