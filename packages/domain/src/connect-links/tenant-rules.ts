/** What happens when a chat that belongs to one user of a tenant is connected to another. */
export const chatSharings = ['refuse', 'move', 'share'] as const

/** Who may connect a group. */
export const groupConnects = ['administrators', 'members'] as const

/** What becomes of what waits for somebody who cannot be reached for a while. */
export const unreachablePolicies = ['fail', 'hold'] as const
