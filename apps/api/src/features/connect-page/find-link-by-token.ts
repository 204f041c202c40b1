import type { Database } from '@tellwire/db'
import { hashConnectToken, isConnectToken } from '@tellwire/domain'

/** A link with what its page shows. The token is the right to see it, so no tenant is named. */
export async function findLinkByToken(db: Database, token: string) {
  if (!isConnectToken(token)) return null
  const link = await db.connectLink.findUnique({ where: { tokenHash: hashConnectToken(token) } })
  if (!link) return null
  const [tenant, bot] = await Promise.all([
    db.tenant.findUniqueOrThrow({ where: { id: link.tenantId }, select: { name: true } }),
    db.bot.findUniqueOrThrow({ where: { id: link.botId }, select: { username: true } }),
  ])
  return { ...link, tenantName: tenant.name, botUsername: bot.username }
}

export type LinkOfPage = NonNullable<Awaited<ReturnType<typeof findLinkByToken>>>
