import type { Transaction } from '@tellwire/db'
import type { ConnectLink } from './issue-connect-link.js'
import { hashConnectToken, isConnectToken } from './token.js'

/** Finds the link of a token. The token is the right to see it, so that no tenant is named. */
export async function findConnectLink(db: Transaction, token: string): Promise<ConnectLink | null> {
  if (!isConnectToken(token)) return null
  return db.connectLink.findUnique({ where: { tokenHash: hashConnectToken(token) } })
}

/** The same, locked: of two people who press Start at once, one comes second. */
export async function lockConnectLink(db: Transaction, token: string): Promise<ConnectLink | null> {
  if (!isConnectToken(token)) return null
  await db.$executeRaw`SELECT 1 FROM connect_links WHERE token_hash = ${hashConnectToken(token)} FOR UPDATE`
  return findConnectLink(db, token)
}
