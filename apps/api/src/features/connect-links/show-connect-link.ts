import type { Prisma } from '@tellwire/db'
import { showId } from '../../http/ids.js'
import { linkStatus } from '../../http/link-status.js'

type StoredLink = Prisma.ConnectLinkGetPayload<object>

export function showConnectLink(link: StoredLink) {
  return {
    id: showId('lnk', link.id),
    status: linkStatus(link),
    user_id: link.userId,
    bot_id: showId('bot', link.botId),
    chat: link.chat,
    replace: link.replace,
    locale: link.locale,
    redirect_url: link.redirectUrl,
    metadata: link.metadata as Record<string, unknown>,
    connection_id: link.connectionId && showId('con', link.connectionId),
    display_name: link.displayName,
    expires_at: link.expiresAt.toISOString(),
    used_at: link.usedAt?.toISOString() ?? null,
    created_at: link.createdAt.toISOString(),
  }
}
