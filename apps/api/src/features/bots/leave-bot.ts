import { inTransaction } from '@tellwire/db'
import { askToMove, recordAudit, type TenantScope } from '@tellwire/domain'
import { assertUnused } from '../../bots/assert-unused.js'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { showId } from '../../http/ids.js'
import { findBot } from './find-bot.js'

/**
 * Ends a tenant's use of a bot that the operator shares. With `isForced` its connections there end, and what waits for them fails,
 * within moments.
 * @throws `not_found`, and `bot_in_use` while somebody is connected, or something waits, and it is not forced.
 */
export async function leaveSharedBot(
  scope: TenantScope & Needs<'engine'>,
  id: string,
  isForced: boolean,
): Promise<void> {
  const bot = await findBot(scope, id)
  if (bot.tenantId === scope.tenantId) {
    throw new ApiError('conflict', 'The bot is your own: DELETE /v1/bots/{id} takes it out of service.')
  }
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    if (!isForced) await assertUnused(scope, bot, tenantId)
    await askToMove(scope, [{ tenantId, botId: id, toBotId: null }])
    await db.botAccess.updateMany({ where: { tenantId, botId: id }, data: { leftAt: new Date() } })
    await db.connectLink.updateMany({ where: { tenantId, botId: id, status: 'pending' }, data: { status: 'revoked' } })
    await recordAudit(scope, { tenantId, action: 'bot.left', object: { type: 'bot', id: showId('bot', id) } })
  })
}
