import { inTransaction } from '@tellwire/db'
import { recordAudit, tellAfterCommit, type TenantScope, unsealBotToken } from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findOwnBot } from './find-bot.js'
import { showBot } from '../../bots/show-bot.js'

/**
 * Takes a bot of the tenant's own out of service: Telegram is asked to forget its webhook, and its token is deleted.
 * Ended connections, links and what was sent through it stay as they are.
 * @throws `bot_in_use` while a user is connected through it.
 */
export async function deleteBot(scope: TenantScope & Needs<'telegram' | 'sealer'>, id: string): Promise<void> {
  const bot = await findOwnBot(scope, id)
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const connected = await db.connection.count({ where: { botId: id, status: { in: ['active', 'blocked'] } } })
    if (connected > 0) throw new ApiError('bot_in_use', `${connected} connections of the bot are active.`)
    await db.bot.update({
      where: { id },
      data: { status: 'deleted', tokenSealed: new Uint8Array(), telegramId: -bot.telegramId, updateMode: 'webhook' },
    })
    await db.lane.update({
      where: { botId: id },
      data: { parkedReason: 'bot_deleted', pausedUntil: null, tokenVersion: { increment: 1 } },
    })
    await db.updatePoller.update({ where: { botId: id }, data: { isWanted: false } })
    const before = showBot(bot)
    await recordAudit(scope, { tenantId, action: 'bot.deleted', object: { type: 'bot', id: before.id }, before })
    tellAfterCommit(scope, BotChanged, id)
    await db.connectLink.updateMany({ where: { botId: id, status: 'pending' }, data: { status: 'revoked' } })
  })
  const token = unsealBotToken(scope.sealer, bot)
  await scope.telegram.call(token, 'deleteWebhook', {})
}
