import { type Database, readWord } from '@tellwire/db'
import { findConnectLink, linkChats, linkStatus } from '@tellwire/domain'
import { linkAddresses } from '../../views/link-addresses.js'
import type { PageState } from './render-page.js'

/** Reads what the page of a link shows, and in which language the tenant wants it. */
export async function readPageState(
  db: Database,
  token: string,
  baseUrl: string,
): Promise<{ state: PageState; locale: string | null }> {
  const link = await findConnectLink(db, token)
  if (!link) return { state: { kind: 'unknown' }, locale: null }
  const [{ name: tenantName }, { username: botUsername }] = await Promise.all([
    db.tenant.findUniqueOrThrow({ where: { id: link.tenantId }, select: { name: true } }),
    db.bot.findUniqueOrThrow({ where: { id: link.botId }, select: { username: true } }),
  ])
  const { locale } = link
  switch (linkStatus(link)) {
    case 'pending': {
      const chat = readWord(linkChats, link.chat)
      const addresses = linkAddresses({ baseUrl, username: botUsername, chat, token })
      return { locale, state: { kind: 'pending', tenantName, botUsername, chat, addresses } }
    }
    case 'used': {
      const { displayName, redirectUrl } = link
      return { locale, state: { kind: 'connected', tenantName, displayName: displayName ?? '', redirectUrl } }
    }
    case 'expired':
    case 'revoked':
      return { locale, state: { kind: 'ended', tenantName } }
  }
}
