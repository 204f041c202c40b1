import { type NewEvent, recordEvents, releaseAwaiting } from '@tellwire/domain'
import type { UpdateScope } from './scope.js'

/**
 * Restores the connections of a chat that the bot may write to again: it was unblocked, or added once more to the group
 * that it was removed from, or the person wrote to it, which nobody can who has it blocked. Sending works again at once; no
 * new start is needed.
 */
export async function restoreBlocked(
  scope: UpdateScope,
  key: { botId: string; chatId: bigint },
  { isGroup = false }: { isGroup?: boolean } = {},
): Promise<void> {
  const { db } = scope
  await db.chat.updateMany({ where: { ...key, blockedAt: { not: null } }, data: { blockedAt: null } })
  const restored = await db.connection.updateManyAndReturn({
    where: { ...key, status: isGroup ? { in: ['blocked', 'gone'] } : 'blocked' },
    data: { status: 'active', endedAt: null },
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
