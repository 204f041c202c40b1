import { type NewEvent, recordEvents, releaseHeld } from '@tellwire/domain'
import type { UpdateContext } from './context.js'

/**
 * The bot may write to the chat: it was unblocked, or the person wrote to it, which nobody can who has it
 * blocked. Sending works again at once; no new start is needed.
 */
export async function restoreBlocked({ db }: UpdateContext, key: { botId: string; chatId: bigint }): Promise<void> {
  await db.chat.updateMany({ where: { ...key, blockedAt: { not: null } }, data: { blockedAt: null } })
  const restored = await db.connection.updateManyAndReturn({
    where: { ...key, status: 'blocked' },
    data: { status: 'active', endedAt: null },
  })
  for (const connection of restored) await releaseHeld(db, connection)
  await recordEvents(
    db,
    restored.map((connection): NewEvent => ({
      tenantId: connection.tenantId,
      type: 'user.unblocked',
      data: { user_id: connection.userId, connection_id: connection.id },
    })),
  )
}
