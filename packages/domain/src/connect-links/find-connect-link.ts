import type { Transaction } from '@tellwire/db'
import type { Sealer } from '../secrets/sealer.js'
import type { ConnectLink } from './issue-connect-link.js'
import { hashConnectCode, hashConnectToken, isConnectToken } from './token.js'

/** The token or the code of a link, as a person sends it. */
export type LinkKey = { token: string } | { code: string }

/** Finds the link of a token. The token is the right to see it, so that no tenant is named. */
export async function findConnectLink(db: Transaction, token: string): Promise<ConnectLink | null> {
  if (!isConnectToken(token)) return null
  return db.connectLink.findUnique({ where: { tokenHash: hashConnectToken(token) } })
}

/** Finds a link and locks it: of two people who press Start at once, one comes second. */
export async function lockConnectLink(
  { db, sealer, botId }: { db: Transaction; sealer: Sealer; botId: string },
  key: LinkKey,
): Promise<ConnectLink | null> {
  if ('token' in key) {
    if (!isConnectToken(key.token)) return null
    const tokenHash = hashConnectToken(key.token)
    await db.$executeRaw`SELECT 1 FROM connect_links WHERE token_hash = ${tokenHash} FOR UPDATE`
    return db.connectLink.findUnique({ where: { tokenHash } })
  }
  for (const codeHash of hashConnectCode(sealer, key.code)) {
    await db.$executeRaw`SELECT 1 FROM connect_links WHERE bot_id = ${botId}::uuid AND code_hash = ${codeHash} FOR UPDATE`
    const link = await db.connectLink.findUnique({ where: { botId_codeHash: { botId, codeHash } } })
    if (link) return link
  }
  return null
}
