import type { Prisma, Transaction } from '@tellwire/db'
import { fileKey } from './file-key.js'

interface Named {
  tenantId: string
  id: string
  contentHash: Uint8Array
}

/**
 * Removes a file, in the transaction of whoever wants it gone. The content goes before others can see that the row is gone: who
 * uploads it again then finds neither.
 * @param removeContent removes a content by its key; removing what is not there is no error.
 * @param only what else has to hold of it.
 * @returns false where it was not there.
 */
export async function removeFile(
  db: Transaction,
  { tenantId, id, contentHash }: Named,
  removeContent: (key: string) => Promise<void>,
  only: Prisma.FileWhereInput = {},
): Promise<boolean> {
  await db.botFile.deleteMany({ where: { tenantId, fileId: id } })
  const { count } = await db.file.deleteMany({ where: { ...only, tenantId, id } })
  if (count === 1) await removeContent(fileKey(tenantId, contentHash))
  return count === 1
}
