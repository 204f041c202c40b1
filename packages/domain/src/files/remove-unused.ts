import { type AfterFile, type Database, findUnusedFiles, nilUuid } from '@tellwire/db'
import { removeFile } from './remove-file.js'

const atOnce = 200

interface Removing {
  /** Removes a content by its key; removing what is not there is no error. */
  removeContent: (key: string) => Promise<void>
  /** Is called before each file; whatever it throws ends the removal. */
  beforeFile?: () => Promise<void>
}

/** Removes files that nothing has named for longer than their tenants keep them. @returns how many. */
export async function removeUnusedFiles(db: Database, { removeContent, beforeFile }: Removing): Promise<number> {
  let removed = 0
  let after: AfterFile | undefined = { tenantId: nilUuid, id: nilUuid }
  while (after !== undefined) {
    const { files, next }: Awaited<ReturnType<typeof findUnusedFiles>> = await findUnusedFiles(db, after, atOnce)
    for (const file of files) {
      await beforeFile?.()
      // It may have been used since it was found. The database knows the time to the microsecond.
      const unused = { lastUsedAt: { lt: new Date(file.lastUsedAt.getTime() + 1) } }
      if (await db.$transaction((db) => removeFile(db, file, removeContent, unused))) removed++
    }
    after = next
  }
  return removed
}
