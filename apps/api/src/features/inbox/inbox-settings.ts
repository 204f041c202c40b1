import { readWord } from '@tellwire/db'
import { autoAnswers, type TenantScope } from '@tellwire/domain'
import type { InboxSettingsChange, InboxSettingsView } from './schemas.js'

export async function getInboxSettings({ db, tenantId }: TenantScope): Promise<InboxSettingsView> {
  return showInboxSettings(await db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { autoAnswer: true } }))
}

export async function changeInboxSettings(
  { db, tenantId }: TenantScope,
  { auto_answer: autoAnswer }: InboxSettingsChange,
): Promise<InboxSettingsView> {
  return showInboxSettings(await db.tenant.update({ where: { id: tenantId }, data: { autoAnswer } }))
}

function showInboxSettings({ autoAnswer }: { autoAnswer: string }): InboxSettingsView {
  return { auto_answer: readWord(autoAnswers, autoAnswer) }
}
