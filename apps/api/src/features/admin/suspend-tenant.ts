import type { InTransaction } from '@tellwire/db'
import { type AdminScope, recordAudit, wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { lockLiveTenant } from './find-tenant.js'
import { showTenant } from './show.js'

/** Suspends a tenant: its keys are let in no more, and its deliveries wait. Nothing is dropped. @throws `conflict` for one that was deleted. */
export async function suspendTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const before = await lockLiveTenant(scope, id)
  if (before.suspendedAt !== null) return showTenant(before)
  const view = showTenant(await db.tenant.update({ where: { id }, data: { suspendedAt: new Date() } }))
  await recordAudit(scope, { tenantId: id, action: 'tenant.suspended', object: { type: 'tenant', id: view.id } })
  return view
}

/** Lets a suspended tenant go on. @throws `conflict` for one that was deleted. */
export async function resumeTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const before = await lockLiveTenant(scope, id)
  const view = showTenant(await db.tenant.update({ where: { id }, data: { suspendedAt: null } }))
  const object = { type: 'tenant', id: view.id }
  if (before.suspendedAt !== null) await recordAudit(scope, { tenantId: id, action: 'tenant.resumed', object })
  const access = await db.botAccess.findMany({ where: { tenantId: id }, select: { botId: true } })
  for (const { botId } of access) wakeAfterCommit(scope, DrainLane, { botId })
  return view
}
