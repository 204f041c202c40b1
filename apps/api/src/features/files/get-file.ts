import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import type { File } from './schemas.js'
import { showFile } from './show-file.js'

/** @throws `not_found` */
export async function getFile({ db, tenantId }: TenantScope, id: string): Promise<File> {
  const file = await db.file.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!file) throw notFound('file', '/id')
  return showFile(file)
}
