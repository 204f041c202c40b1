import { type InTransaction, inTransaction, readWord } from '@tellwire/db'
import { autoAnswers, recordAudit, type TenantScope } from '@tellwire/domain'
import type { InboxSettingsChange, InboxSettingsView } from './schemas.js'

export async function getInboxSettings({ db, tenantId }: InTransaction<TenantScope>): Promise<InboxSettingsView> {
  return showInboxSettings(await db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { autoAnswer: true } }))
}

export async function changeInboxSettings(
  scope: TenantScope,
  { auto_answer: autoAnswer }: InboxSettingsChange,
): Promise<InboxSettingsView> {
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const before = await getInboxSettings(scope)
    const after = showInboxSettings(await db.tenant.update({ where: { id: tenantId }, data: { autoAnswer } }))
    await recordAudit(scope, { tenantId, action: 'inbox_settings.changed', before, after })
    return after
  })
}

function showInboxSettings({ autoAnswer }: { autoAnswer: string }): InboxSettingsView {
  return { auto_answer: readWord(autoAnswers, autoAnswer) }
}
