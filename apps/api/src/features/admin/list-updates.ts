import type { Prisma } from '@tellwire/db'
import type { AdminScope } from '@tellwire/domain'
import { foreignCursor, makeCursor, readCursor } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import type { UpdateListQuery, WaitingUpdateView } from './update-schemas.js'

/** Lists updates that failed, by bot and in the order in which they came. */
export async function listUpdates({ db }: AdminScope, { limit, cursor, status }: UpdateListQuery) {
  const list = ['updates', status]
  const after = readPosition(readCursor(list, cursor))
  const inState = status === 'parked' ? { parkedAt: { not: null } } : { parkedAt: null, attempts: { gt: 0 } }
  const updates = await db.update.findMany({
    where: {
      ...inState,
      ...(after
        ? { OR: [{ botId: { gt: after.botId } }, { botId: after.botId, updateId: { gt: after.updateId } }] }
        : {}),
    },
    orderBy: [{ botId: 'asc' }, { updateId: 'asc' }],
    take: limit + 1,
  })
  const shown = updates.slice(0, limit)
  const last = updates.length > limit ? shown.at(-1) : undefined
  return {
    data: shown.map(showUpdate),
    next_cursor: last ? makeCursor(list, `${last.botId} ${last.updateId}`) : null,
  }
}

/** @throws `invalid_request` */
function readPosition(position: string | undefined): { botId: string; updateId: bigint } | undefined {
  if (position === undefined) return undefined
  const [, botId, updateId] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (\d{1,18})$/.exec(position) ?? []
  if (botId === undefined || updateId === undefined) throw foreignCursor()
  return { botId, updateId: BigInt(updateId) }
}

export function showUpdate(update: Prisma.UpdateGetPayload<object>): WaitingUpdateView {
  return {
    bot_id: showId('bot', update.botId),
    update_id: Number(update.updateId),
    status: update.parkedAt === null ? 'retrying' : 'parked',
    kind: update.kind,
    chat_id: Number(update.chatId),
    attempts: update.attempts,
    failure: update.failure,
    received_at: update.receivedAt.toISOString(),
    retry_at: update.retryAt?.toISOString() ?? null,
    parked_at: update.parkedAt?.toISOString() ?? null,
  }
}
