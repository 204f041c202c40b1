import type { Prisma } from '@tellwire/db'
import { showConnection } from '../../http/connection.js'

export const withConnections = {
  connections: { include: { chat: true }, orderBy: { connectedAt: 'asc' } },
} as const satisfies Prisma.UserInclude

export function showUser(user: Prisma.UserGetPayload<{ include: typeof withConnections }>) {
  return {
    user_id: user.userId,
    attributes: user.attributes as Record<string, unknown>,
    locale: user.locale,
    timezone: user.timezone,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
    connections: user.connections.map(showConnection),
  }
}
