import { botRemoved, type NewEvent, recordEvents, releaseAwaiting } from '@tellwire/domain'
import type { UpdateScope } from './scope.js'

/**
 * Restores the connections of a chat that the bot may write to again: it was unblocked, or added once more to the group
 * that it was removed from, or the person wrote to it, which nobody can who has it blocked. Sending works again at once; no
 * new start is needed.
 */
export async function restoreBlocked(scope: UpdateScope, key: { botId: string; chatId: bigint }): Promise<void> {
  const { db } = scope
  await db.chat.updateMany({ where: { ...key, blockedAt: { not: null } }, data: { blockedAt: null } })
  const restored = await db.connection.updateManyAndReturn({
    where: { ...key, OR: [{ status: 'blocked' }, { status: 'gone', endedReason: botRemoved }] },
    data: { status: 'active', endedAt: null, endedReason: null },
  })
  for (const connection of restored) await releaseAwaiting(scope, connection)
  await recordEvents(
    db,
    restored.map((connection): NewEvent => ({
      tenantId: connection.tenantId,
      type: 'user.unblocked',
      data: { user_id: connection.userId, connection_id: connection.id },
    })),
  )
}
