import type { InTransaction } from '@tellwire/db'
import { type AdminScope, recordAudit, wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { findTenant } from './find-tenant.js'
import { showTenant } from './show.js'

/** Suspends a tenant: its keys are let in no more, and its deliveries wait. Nothing is dropped. */
export async function suspendTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const { count } = await db.tenant.updateMany({ where: { id, suspendedAt: null }, data: { suspendedAt: new Date() } })
  const view = showTenant(await findTenant(scope, id))
  const object = { type: 'tenant', id: view.id }
  if (count > 0) await recordAudit(scope, { tenantId: id, action: 'tenant.suspended', object })
  return view
}

/** Lets a suspended tenant go on. */
export async function resumeTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const { count } = await db.tenant.updateMany({
    where: { id, suspendedAt: { not: null }, deletedAt: null },
    data: { suspendedAt: null },
  })
  const view = showTenant(await findTenant(scope, id))
  const object = { type: 'tenant', id: view.id }
  if (count > 0) await recordAudit(scope, { tenantId: id, action: 'tenant.resumed', object })
  const access = await db.botAccess.findMany({ where: { tenantId: id }, select: { botId: true } })
  for (const { botId } of access) wakeAfterCommit(scope, DrainLane, { botId })
  return view
}
