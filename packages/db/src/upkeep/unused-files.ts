import type { Database } from '../client.js'
import { waitedFor } from '../deliveries/waited-for.js'
import { findKeepers } from './retention.js'

export interface UnusedFile {
  tenantId: string
  id: string
  contentHash: Uint8Array
  lastUsedAt: Date
}

/** Neither something that is still to be sent has it attached, nor a template. */
const isNamedNowhere = `
  NOT EXISTS (
    SELECT FROM ${waitedFor} w
    JOIN notification_contents c ON c.tenant_id = f.tenant_id AND c.notification_id = w.notification_id
    WHERE c.options -> 'attachments' @> jsonb_build_array(jsonb_build_object('file', f.id::text))
  )
  AND NOT EXISTS (
    SELECT FROM template_versions v WHERE v.tenant_id = f.tenant_id AND position(f.id::text IN v.content::text) > 0
  )`

/** Finds files that nothing has named for longer than their tenant keeps them, up to `countMax`. */
export async function findUnusedFiles(db: Database, countMax: number): Promise<UnusedFile[]> {
  const found: UnusedFile[] = []
  for (const { days, condition, tenantIds } of await findKeepers(db, 'file')) {
    found.push(
      ...(await db.$queryRawUnsafe<UnusedFile[]>(
        `SELECT tenant_id::text AS "tenantId", id::text, content_hash AS "contentHash", last_used_at AS "lastUsedAt"
         FROM files f
         WHERE ${condition} AND last_used_at < now() - make_interval(days => $2::int) AND ${isNamedNowhere}
         ORDER BY last_used_at LIMIT $3::int`,
        tenantIds,
        days,
        countMax - found.length,
      )),
    )
    if (found.length === countMax) break
  }
  return found
}
