import { type Database, findUnusedFiles } from '@tellwire/db'
import { removeFile } from './remove-file.js'

const atOnce = 200

/**
 * Removes files that nothing has named for longer than their tenants keep them.
 * @param removeContent removes a content by its key; removing what is not there is no error.
 * @returns how many.
 */
export async function removeUnusedFiles(db: Database, removeContent: (key: string) => Promise<void>): Promise<number> {
  let removed = 0
  for (;;) {
    const files = await findUnusedFiles(db, atOnce)
    const removedBefore = removed
    for (const file of files) {
      // It may have been used since it was found. The database knows the time to the microsecond.
      const unused = { lastUsedAt: { lt: new Date(file.lastUsedAt.getTime() + 1) } }
      if (await db.$transaction((db) => removeFile(db, file, removeContent, unused))) removed++
    }
    if (files.length < atOnce || removed === removedBefore) return removed
  }
}
