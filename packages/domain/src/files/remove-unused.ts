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
    for (const file of files) {
      // It may have been used since it was found.
      const { lastUsedAt } = file
      if (await db.$transaction((db) => removeFile(db, file, removeContent, { lastUsedAt }))) removed++
    }
    if (files.length < atOnce) return removed
  }
}
