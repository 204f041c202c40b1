export type LinkStatus = 'pending' | 'used' | 'expired' | 'revoked'

/** A link expires by the clock; nothing is written when it does. */
export function linkStatus(link: { status: string; expiresAt: Date }): LinkStatus {
  if (link.status === 'pending' && link.expiresAt <= new Date()) return 'expired'
  return link.status as LinkStatus
}
