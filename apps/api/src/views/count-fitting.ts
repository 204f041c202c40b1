import type { TenantScope } from '@tellwire/domain'

/** What the notifications of one page may say together. A text alone may have a megabyte. */
const bytesMax = 4_194_304

/** Tells how many of some notifications, the first first, may stand in one answer: one at least, of those that there are. */
export async function countFitting({ db, tenantId }: TenantScope, ids: readonly string[]): Promise<number> {
  if (ids.length <= 1) return ids.length
  const sizes = await db.$queryRaw<{ id: string; bytes: number }[]>`
    SELECT notification_id::text AS id, octet_length(text) + coalesce(octet_length(options::text), 0) AS bytes
    FROM notification_contents
    WHERE tenant_id = ${tenantId}::uuid AND notification_id = ANY (${ids}::uuid[])`
  const sizeOf = new Map(sizes.map(({ id, bytes }) => [id, bytes]))
  let sum = 0
  const tooMany = ids.findIndex((id) => (sum += sizeOf.get(id) ?? 0) > bytesMax)
  return tooMany < 0 ? ids.length : Math.max(1, tooMany)
}
