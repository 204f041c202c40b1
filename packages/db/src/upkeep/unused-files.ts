import type { Database } from '../client.js'
import { findAwaitedFiles } from '../deliveries/find-awaited-files.js'
import { findKeepers } from './retention.js'

export interface UnusedFile {
  tenantId: string
  id: string
  contentHash: Uint8Array
  lastUsedAt: Date
}

/** Where the next look goes on. */
export type AfterFile = Pick<UnusedFile, 'tenantId' | 'id'>

interface Found {
  /** Those that nothing which is still to be sent has attached. */
  files: UnusedFile[]
  /** Undefined where there are no more. */
  next: AfterFile | undefined
}

/** Looks at the files that nothing has named for longer than their tenant keeps them, up to `countMax` of one tenant. */
export async function findUnusedFiles(db: Database, after: AfterFile, countMax: number): Promise<Found> {
  const keepers = await findKeepers(db, 'file')
  const found = await Promise.all(
    keepers.map(({ days, condition, tenantIds }) =>
      db.$queryRawUnsafe<UnusedFile[]>(
        `SELECT tenant_id::text AS "tenantId", id::text, content_hash AS "contentHash", last_used_at AS "lastUsedAt"
         FROM files f
         WHERE ${condition} AND last_used_at < now() - make_interval(days => $2::int)
           AND (tenant_id, id) > ($3::uuid, $4::uuid)
         ORDER BY tenant_id, id LIMIT $5::int`,
        tenantIds,
        days,
        after.tenantId,
        after.id,
        countMax,
      ),
    ),
  )
  const [first, ...others] = found.flat().toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  if (first === undefined) return { files: [], next: undefined }
  const ofTenant = [first, ...others].filter(({ tenantId }) => tenantId === first.tenantId).slice(0, countMax)
  const ids = ofTenant.map(({ id }) => id)
  const awaited = await findAwaitedFiles(db, first.tenantId, ids)
  return { files: ofTenant.filter(({ id }) => !awaited.has(id)), next: ofTenant.at(-1) }
}

function keyOf({ tenantId, id }: AfterFile): string {
  return `${tenantId} ${id}`
}
