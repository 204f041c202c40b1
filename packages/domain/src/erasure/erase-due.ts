import { type Database, eraseTenant, eraseUser, inTransaction, newId, type Removed } from '@tellwire/db'
import { recordAudit } from '../audit/record-audit.js'
import { fileKey } from '../files/file-key.js'
import { showId } from '../ids.js'
import type { SystemScope } from '../scope.js'
import type { StoredErasure } from './ask-for-erasure.js'

/** `removeFile` removes an uploaded file by its key; removing what is not there is no error. */
type Erasing = SystemScope & { removeFile: (key: string) => Promise<void> }

/** Finds an erasure that is due. */
export async function findDueErasure(db: Database): Promise<StoredErasure | null> {
  return db.erasure.findFirst({ where: { doneAt: null, dueAt: { lte: new Date() } }, orderBy: { dueAt: 'asc' } })
}

/** Removes what is to be removed. What it has removed stays on record: how much, and neither who nor what. */
export async function erase(scope: Erasing, erasure: StoredErasure): Promise<void> {
  const { tenantId, userId } = erasure
  if (userId !== null) {
    const showConnectionId = (id: string): string => showId('con', id)
    const removed = await eraseUser(scope.db, { tenantId, userId, showConnectionId })
    return finish(scope, erasure, removed)
  }
  await removeFiles(scope, tenantId)
  await finish(scope, erasure, await eraseTenant(scope.db, tenantId))
}

async function removeFiles({ db, removeFile }: Erasing, tenantId: string): Promise<void> {
  const stored = await db.file.findMany({ where: { tenantId }, select: { contentHash: true } })
  for (const { contentHash } of stored) await removeFile(fileKey(tenantId, contentHash))
}

async function finish(
  scope: Erasing,
  { id, tenantId, userId, userDigest }: StoredErasure,
  removed: Removed,
): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db } = scope
    await db.erasure.update({ where: { id }, data: { doneAt: new Date(), userId: null, removed } })
    if (userId !== null) {
      const object = { type: 'user', id: userDigest ?? '' }
      await recordAudit(scope, { tenantId, action: 'user.erased', object, after: { removed } })
      return
    }
    await db.tenant.update({
      where: { id: tenantId },
      data: {
        erasedAt: new Date(),
        name: `erased ${newId().slice(-6)}`,
        brand: {},
        texts: {},
        origins: [],
        redirectHosts: [],
      },
    })
    const object = { type: 'tenant', id: showId('ten', tenantId) }
    await recordAudit(scope, { tenantId, action: 'tenant.erased', object, after: { removed } })
  })
}
