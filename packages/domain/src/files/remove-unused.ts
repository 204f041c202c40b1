import { type Database, findUnusedFiles, type UnusedFile } from '@tellwire/db'
import { fileKey } from './file-key.js'

const atOnce = 200

/**
 * Removes files that nothing has named for longer than their tenants keep them.
 * @param removeFile removes a content by its key; removing what is not there is no error.
 * @returns how many.
 */
export async function removeUnusedFiles(db: Database, removeFile: (key: string) => Promise<void>): Promise<number> {
  let removed = 0
  for (;;) {
    const files = await findUnusedFiles(db, atOnce)
    for (const file of files) if (await removeUnused(db, file, removeFile)) removed++
    if (files.length < atOnce) return removed
  }
}

/** The content goes before others can see that the row is gone: who uploads it again then finds neither. */
async function removeUnused(
  db: Database,
  { tenantId, id, contentHash, lastUsedAt }: UnusedFile,
  removeFile: (key: string) => Promise<void>,
): Promise<boolean> {
  return db.$transaction(async (db) => {
    await db.botFile.deleteMany({ where: { tenantId, fileId: id } })
    const { count } = await db.file.deleteMany({ where: { tenantId, id, lastUsedAt } })
    if (count === 1) await removeFile(fileKey(tenantId, contentHash))
    return count === 1
  })
}
