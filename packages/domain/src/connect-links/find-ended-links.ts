import type { Transaction } from '@tellwire/db'

/** @returns the ids of those links that nobody can use any more: used, revoked or expired ones. */
export async function findEndedLinks(
  db: Transaction,
  links: readonly { tenantId: string; id: string }[],
): Promise<string[]> {
  if (links.length === 0) return []
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT l.id::text
    FROM unnest(${links.map(({ tenantId }) => tenantId)}::uuid[], ${links.map(({ id }) => id)}::uuid[]) AS w (tenant_id, id)
    JOIN connect_links l ON l.tenant_id = w.tenant_id AND l.id = w.id
    WHERE l.status <> 'pending' OR l.expires_at <= now()`
  return rows.map(({ id }) => id)
}
