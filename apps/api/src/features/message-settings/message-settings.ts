import { type InTransaction, inTransaction } from '@tellwire/db'
import { readRich, recordAudit, type TenantScope, writeRich } from '@tellwire/domain'
import type { MessageSettings } from './schemas.js'

export async function getMessageSettings({ db, tenantId }: InTransaction<TenantScope>): Promise<MessageSettings> {
  return showMessageSettings(await db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { rich: true } }))
}

/** It counts for messages that are accepted from a second later on. */
export async function changeMessageSettings(scope: TenantScope, change: MessageSettings): Promise<MessageSettings> {
  const rich = writeRich(change.rich)
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const before = await getMessageSettings(scope)
    const after = showMessageSettings(await db.tenant.update({ where: { id: tenantId }, data: { rich } }))
    await recordAudit(scope, { tenantId, action: 'message_settings.changed', before, after })
    return after
  })
}

function showMessageSettings({ rich }: { rich: string }): MessageSettings {
  return { rich: readRich(rich) ?? false }
}
