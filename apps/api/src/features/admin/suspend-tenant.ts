import type { InTransaction } from '@tellwire/db'
import { type AdminScope, wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { notFound } from '../../errors.js'
import { showTenant } from './show.js'

/** Suspends a tenant: its keys are let in no more, and its deliveries wait. Nothing is dropped. */
export async function suspendTenant({ db }: InTransaction<AdminScope>, id: string) {
  await db.tenant.updateMany({ where: { id, suspendedAt: null }, data: { suspendedAt: new Date() } })
  const tenant = await db.tenant.findUnique({ where: { id } })
  if (!tenant) throw notFound('tenant', '/id')
  return showTenant(tenant)
}

/** Lets a suspended tenant go on. */
export async function resumeTenant(scope: InTransaction<AdminScope>, id: string) {
  const { db } = scope
  const [tenant] = await db.tenant.updateManyAndReturn({ where: { id }, data: { suspendedAt: null } })
  if (!tenant) throw notFound('tenant', '/id')
  const access = await db.botAccess.findMany({ where: { tenantId: id }, select: { botId: true } })
  for (const { botId } of access) wakeAfterCommit(scope, DrainLane, { botId })
  return showTenant(tenant)
}
