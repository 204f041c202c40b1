import type { InTransaction } from '@tellwire/db'
import { askToMove, type BotMove, recordAudit, type TenantScope, usableBy } from '@tellwire/domain'
import { notFound, refusal } from '../../errors.js'
import { parseId, showId } from '../../http/ids.js'
import { findBot } from './find-bot.js'
import type { BotInvitation, BotInvitationView } from './schemas.js'

/**
 * Invites everybody who is connected through another bot to this one. While it is under way, it tells how far that is; afterwards
 * it invites anew whoever is still connected through the other.
 * @throws `not_found`
 */
export async function inviteToBot(
  scope: InTransaction<TenantScope>,
  id: string,
  { from_bot_id: from }: BotInvitation,
): Promise<BotInvitationView> {
  const { db, tenantId } = scope
  const to = await findBot(scope, id)
  const fromId = parseId('bot', from)
  if (fromId === id) {
    throw refusal('invalid_request', 'People are invited from another bot.', {
      pointer: '/from_bot_id',
      detail: 'is the same bot',
    })
  }
  const isThere = fromId && (await db.bot.count({ where: { id: fromId, ...usableBy(tenantId) } })) > 0
  if (!fromId || !isThere) throw notFound('bot', '/from_bot_id')
  const before = await db.botMove.count({ where: { tenantId, botId: fromId, toBotId: id, doneAt: null } })
  const move = await askToMove(scope, { tenantId, botId: fromId, toBotId: id })
  if (before === 0) {
    const object = { type: 'bot', id: showId('bot', to.id) }
    await recordAudit(scope, { tenantId, action: 'bot.people_invited', object, after: { from_bot_id: from } })
  }
  return showInvitation(move, id)
}

function showInvitation(move: BotMove, toBotId: string): BotInvitationView {
  return {
    bot_id: showId('bot', toBotId),
    from_bot_id: showId('bot', move.botId),
    invited: move.count,
    requested_at: move.requestedAt.toISOString(),
  }
}
