import { findAwaitedFiles, inTransaction } from '@tellwire/db'
import { recordAudit, removeFile, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { ApiError, notFound } from '../../errors.js'
import { showId } from '../../http/ids.js'

/**
 * Deletes a file and its content. What was sent with it stays in the chats, and notifications keep naming it.
 * @throws `not_found`, and `file_in_use` while a notification that was not sent yet has it attached.
 */
export async function deleteFile(scope: TenantScope & Needs<'files'>, id: string): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const file = await db.file.findUnique({ where: { tenantId_id: { tenantId, id } } })
    if (!file) throw notFound('file', '/id')
    const awaited = await findAwaitedFiles(db, tenantId, [id])
    if (awaited.size > 0)
      throw new ApiError('file_in_use', 'A notification that was not sent yet has the file attached.')
    // Of two who delete it at once, one comes too late.
    const isRemoved = await removeFile(db, file, (key) => scope.files.remove(key))
    if (!isRemoved) throw notFound('file', '/id')
    await recordAudit(scope, { tenantId, action: 'file.deleted', object: { type: 'file', id: showId('fil', id) } })
  })
}
