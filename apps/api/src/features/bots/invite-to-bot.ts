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
  await findBot(scope, id)
  const fromId = parseId('bot', from)
  if (fromId === id) {
    throw refusal('invalid_request', 'People are invited from another bot.', {
      pointer: '/from_bot_id',
      detail: 'is the same bot',
    })
  }
  const isThere = fromId && (await db.bot.count({ where: { id: fromId, ...usableBy(tenantId) } })) > 0
  if (!fromId || !isThere) throw notFound('bot', '/from_bot_id')
  const asked = { tenantId, botId: fromId, toBotId: id }
  const isNew = (await askToMove(scope, [asked])) > 0
  if (isNew) {
    const object = { type: 'bot', id: showId('bot', id) }
    await recordAudit(scope, { tenantId, action: 'bot.people_invited', object, after: { from_bot_id: from } })
  }
  return showInvitation(await db.botMove.findFirstOrThrow({ where: { ...asked, doneAt: null } }), id)
}

function showInvitation(move: BotMove, toBotId: string): BotInvitationView {
  return {
    bot_id: showId('bot', toBotId),
    from_bot_id: showId('bot', move.botId),
    invited: move.count,
    requested_at: move.requestedAt.toISOString(),
  }
}
