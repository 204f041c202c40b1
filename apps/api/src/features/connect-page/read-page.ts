import { type Database, readObject, readWord } from '@tellwire/db'
import { type ConnectLink, findConnectLink, linkChats, linkStatus } from '@tellwire/domain'
import { chooseLanguage, speak } from '@tellwire/texts'
import { linkAddresses } from '../../views/link-addresses.js'
import { readBrand } from './brand.js'
import type { Page, PageState } from './page-state.js'

interface Asked {
  token: string
  baseUrl: string
  /** The languages that the browser speaks. */
  languages: readonly string[]
}

/** Reads what the page of a link shows, and notes that it was opened. */
export async function readPage(db: Database, { token, baseUrl, languages }: Asked): Promise<Page> {
  const link = await findConnectLink(db, token)
  if (!link) {
    const speaker = speak(chooseLanguage(...languages))
    return { state: { kind: 'unknown' }, brand: readBrand({}), speaker, origins: [] }
  }
  const [tenant, { username: botUsername }] = await Promise.all([
    db.tenant.findUniqueOrThrow({
      where: { id: link.tenantId },
      select: { name: true, brand: true, texts: true, origins: true },
    }),
    db.bot.findUniqueOrThrow({ where: { id: link.botId }, select: { username: true } }),
    recordOpened(db, link),
  ])
  const brand = readBrand(tenant.brand)
  const tenantName = brand.name ?? tenant.name
  return {
    state: toState(link, { tenantName, botUsername, baseUrl, token }),
    brand,
    // They were checked when they were set.
    speaker: speak(chooseLanguage(link.locale, ...languages), readObject(tenant.texts)),
    origins: tenant.origins,
  }
}

async function recordOpened(db: Database, { tenantId, id, openedAt }: ConnectLink): Promise<void> {
  if (openedAt !== null) return
  await db.connectLink.updateMany({ where: { tenantId, id, openedAt: null }, data: { openedAt: new Date() } })
}

interface Around {
  tenantName: string
  botUsername: string
  baseUrl: string
  token: string
}

function toState(link: ConnectLink, { tenantName, botUsername, baseUrl, token }: Around): PageState {
  switch (linkStatus(link)) {
    case 'pending': {
      const chat = readWord(linkChats, link.chat)
      const { adminRights, number } = link
      const addresses = linkAddresses({ baseUrl, username: botUsername, chat, adminRights, token })
      return { kind: 'pending', tenantName, botUsername, chat, addresses, number }
    }
    case 'used':
      return { kind: 'connected', tenantName, displayName: link.displayName ?? '', redirectUrl: link.redirectUrl }
    case 'expired':
    case 'revoked':
      return { kind: 'ended', tenantName }
  }
}
