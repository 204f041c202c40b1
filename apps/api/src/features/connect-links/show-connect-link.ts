import { readObject, readWord } from '@tellwire/db'
import { type ConnectLink, linkChats, linkConfirms, linkStatus } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import type { ConnectLinkView } from './schemas.js'

export function showConnectLink(link: ConnectLink): ConnectLinkView {
  return {
    id: showId('lnk', link.id),
    status: linkStatus(link),
    user_id: link.userId,
    bot_id: showId('bot', link.botId),
    chat: readWord(linkChats, link.chat),
    replace: link.replace,
    locale: link.locale,
    redirect_url: link.redirectUrl,
    confirm: readWord(linkConfirms, link.confirm),
    account_label: link.accountLabel,
    admin_rights: link.adminRights,
    metadata: readObject(link.metadata),
    connection_id: link.connectionId && showId('con', link.connectionId),
    display_name: link.displayName,
    expires_at: link.expiresAt.toISOString(),
    used_at: link.usedAt?.toISOString() ?? null,
    created_at: link.createdAt.toISOString(),
  }
}
