import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { FileListQuery } from './schemas.js'
import { showFile } from './show-file.js'

export async function listFiles({ db, tenantId }: TenantScope, { limit, cursor }: FileListQuery) {
  const list = ['files', tenantId]
  const olderThan = readIdCursor(list, cursor)
  const files = await db.file.findMany({
    where: { tenantId, ...(olderThan === undefined ? {} : { id: { lt: olderThan } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return toPage(files, limit, list, ({ id }) => id, showFile)
}
