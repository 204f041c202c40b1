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
  const endsAt = new Date(Date.now() + overlapSeconds * 1_000)
  await db.apiKey.update({
    where: { tenantId_id: { tenantId, id } },
    data: { expiresAt: expiresAt && expiresAt < endsAt ? expiresAt : endsAt },
  })
  return issued
}
