import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'
import type { File } from './schemas.js'
import { showFile } from './show-file.js'

/** @throws `not_found` */
export async function getFile({ db, tenantId }: TenantContext, id: string): Promise<File> {
  const file = await db.file.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!file) throw notFound('file', '/id')
  return showFile(file)
}
