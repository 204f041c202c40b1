import { type InTransaction } from '@tellwire/db'
import { type AdminScope, askToEraseTenant, recordAudit, wakeAfterCommit, undoMs } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { ApiError } from '../../errors.js'
import { lockTenant } from './find-tenant.js'
import { showTenant } from './show.js'

/** Deletes a tenant: its keys are let in no more, and after seven days everything that is its own is removed. Again it changes nothing. */
export async function deleteTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const now = new Date()
  const before = await lockTenant(scope, id)
  if (before.deletedAt !== null) return showTenant(before)
  const tenant = await db.tenant.update({
    where: { id },
    data: { deletedAt: now, suspendedAt: before.suspendedAt ?? now },
  })
  await askToEraseTenant(scope, id)
  const view = showTenant(tenant)
  await recordAudit(scope, { tenantId: id, action: 'tenant.deleted', object: { type: 'tenant', id: view.id } })
  return view
}

/** Brings a tenant back that was deleted. One that was suspended before is so again. @throws `conflict` once it was erased. */
export async function undeleteTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const before = await lockTenant(scope, id)
  if (before.deletedAt === null) return showTenant(before)
  // Whoever erases it now has come first, also where that was put off for a moment.
  const begun = new Date(Date.now() - undoMs)
  const { count } = await db.erasure.deleteMany({
    where: { tenantId: id, userDigest: null, doneAt: null, dueAt: { gt: new Date() }, requestedAt: { gt: begun } },
  })
  if (count === 0) throw new ApiError('conflict', 'The tenant is being erased, or was.')
  const wasSuspended = before.suspendedAt !== null && before.suspendedAt < before.deletedAt
  const tenant = await db.tenant.update({
    where: { id },
    data: { deletedAt: null, suspendedAt: wasSuspended ? before.suspendedAt : null },
  })
  const access = await db.botAccess.findMany({ where: { tenantId: id }, select: { botId: true } })
  for (const { botId } of access) wakeAfterCommit(scope, DrainLane, { botId })
  const view = showTenant(tenant)
  await recordAudit(scope, { tenantId: id, action: 'tenant.restored', object: { type: 'tenant', id: view.id } })
  return view
}
