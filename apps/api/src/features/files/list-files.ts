import type { TenantContext } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { FileListQuery } from './schemas.js'
import { showFile } from './show-file.js'

export async function listFiles({ db, tenantId }: TenantContext, { limit, cursor }: FileListQuery) {
  const scope = ['files', tenantId]
  const olderThan = readIdCursor(scope, cursor)
  const files = await db.file.findMany({
    where: { tenantId, ...(olderThan === undefined ? {} : { id: { lt: olderThan } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return toPage(files, limit, scope, ({ id }) => id, showFile)
}
