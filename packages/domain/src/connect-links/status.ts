export const linkStatuses = ['pending', 'used', 'expired', 'revoked'] as const
export type LinkStatus = (typeof linkStatuses)[number]

/**
 * The life of a connect link.
 *
 * ```
 * pending ──use──▶ used
 *    ├────revoke──▶ revoked
 *    └──the clock─▶ expired
 * ```
 *
 * Nothing is written when a link expires: one that is stored as pending is expired once its time is over.
 */
export function linkStatus(link: { status: string; expiresAt: Date }): LinkStatus {
  if (link.status === 'pending') return link.expiresAt <= new Date() ? 'expired' : 'pending'
  return link.status === 'used' ? 'used' : 'revoked'
}
