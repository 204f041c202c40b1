import type { InTransaction } from '@tellwire/db'
import { issueConnectLink, normaliseLocale } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { assertRoomForUsers } from '../../limits/assert-room-for-users.js'
import type { Adding } from '../../limits/tenant-quotas.js'
import { assertNotErasing } from '../../users/assert-not-erasing.js'
import { linkAddresses } from '../../views/link-addresses.js'
import type { NewConnectLink } from './schemas.js'
import { assertRedirect } from './assert-redirect.js'
import { showConnectLink } from './show-connect-link.js'

/** Issues a link and shows it with the addresses that contain its token, for the only time. */
export async function issueShownLink(
  scope: InTransaction<Adding & Needs<'addresses' | 'baseUrl' | 'sealer'>>,
  input: NewConnectLink,
) {
  assertAdminRights(input)
  if (input.redirect_url !== undefined) await assertRedirect(scope, input.redirect_url)
  await assertNotErasing(scope, [input.user_id])
  await assertRoomForUsers(scope, [input.user_id])
  const { link, token, botUsername } = await issueConnectLink(scope, {
    userId: input.user_id,
    botId: input.bot_id === undefined ? undefined : (parseId('bot', input.bot_id) ?? null),
    chat: input.chat,
    expiresIn: input.expires_in,
    replace: input.replace,
    locale: input.locale === undefined ? undefined : normaliseLocale(input.locale),
    redirectUrl: input.redirect_url,
    confirm: input.confirm,
    accountLabel: input.account_label,
    adminRights: input.admin_rights,
    metadata: input.metadata,
  })
  const addresses = linkAddresses({
    baseUrl: scope.baseUrl,
    username: botUsername,
    chat: input.chat,
    adminRights: input.admin_rights,
    token,
  })
  return { ...showConnectLink(link), ...addresses, number: link.number }
}

/** @throws `invalid_request` where a person is to be given the rights of an administrator. */
function assertAdminRights({ chat, admin_rights: adminRights }: NewConnectLink): void {
  if (chat !== 'private' || adminRights.length === 0) return
  throw new ApiError('invalid_request', 'In a private chat there are no administrators.', {
    errors: [{ pointer: '/admin_rights', code: 'too_many', detail: 'goes with a link for a group or a channel only' }],
  })
}
