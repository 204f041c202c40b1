import { inTransaction, toJsonColumn } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import { findOverrideFault, type Language, type TextKey } from '@tellwire/texts'
import { ApiError } from '../../errors.js'
import { getConnectSettings, showConnectSettings } from './get-connect-settings.js'
import type { ConnectSettingsChange, ConnectSettingsView } from './schemas.js'

/** @throws `invalid_request` for a text that could not be said. */
export async function changeConnectSettings(
  scope: TenantScope,
  change: ConnectSettingsChange,
): Promise<ConnectSettingsView> {
  assertTexts(change.texts ?? {})
  const { confirm, chat_sharing: chatSharing, group_connect: groupConnect, on_unreachable: onUnreachable } = change
  const data = {
    ...(confirm === undefined ? {} : { confirm }),
    ...(chatSharing === undefined ? {} : { chatSharing }),
    ...(groupConnect === undefined ? {} : { groupConnect }),
    ...(onUnreachable === undefined ? {} : { onUnreachable }),
    ...(change.origins === undefined ? {} : { origins: change.origins }),
    ...(change.brand === undefined ? {} : { brand: toJsonColumn(change.brand ?? {}) }),
    ...(change.texts === undefined ? {} : { texts: toJsonColumn(change.texts ?? {}) }),
  }
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const before = await getConnectSettings(scope)
    const after = showConnectSettings(await db.tenant.update({ where: { id: tenantId }, data }))
    await recordAudit(scope, { tenantId, action: 'connect_settings.changed', before, after })
    return after
  })
}

function assertTexts(texts: NonNullable<ConnectSettingsChange['texts']>): void {
  const errors = Object.entries(texts).flatMap(([language, ownTexts]) =>
    Object.entries(ownTexts ?? {}).flatMap(([key, text]) => {
      // The schema has let only these through.
      const detail = findOverrideFault(language as Language, key as TextKey, String(text))
      return detail === undefined ? [] : [{ pointer: `/texts/${language}/${key}`, code: 'wrong_form', detail }]
    }),
  )
  if (errors.length > 0) throw new ApiError('invalid_request', 'A text could not be said like that.', { errors })
}
