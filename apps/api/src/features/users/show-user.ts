import { type Prisma, readObject } from '@tellwire/db'
import { showConnection, withChat } from '../../views/connection.js'

export const withConnections = {
  connections: { include: withChat, orderBy: { connectedAt: 'asc' } },
} as const satisfies Prisma.UserInclude

export function showUser(user: Prisma.UserGetPayload<{ include: typeof withConnections }>) {
  return {
    user_id: user.userId,
    // They were checked to be an object when they came.
    attributes: readObject(user.attributes),
    locale: user.locale,
    timezone: user.timezone,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
    connections: user.connections.map(showConnection),
  }
}
