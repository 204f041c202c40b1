import { inTransaction, nilUuid } from '@tellwire/db'
import { type AdminScope, askToMove, recordAudit, retireBot, tellAfterCommit, unsealBotToken } from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import type { Needs } from '../context.js'
import { assertUnused } from './assert-unused.js'
import { showBot, type StoredBot } from './show-bot.js'

/**
 * Takes a bot out of service: Telegram is asked to forget its webhook, and its token is deleted. With `isForced` the connections
 * through it end, and what waits for them fails, within moments; ended connections and what was sent stay as they are.
 * @throws `bot_in_use` while somebody is connected through it, or something waits, and it is not forced.
 */
export async function deleteBot(
  scope: AdminScope & Needs<'telegram' | 'sealer' | 'engine'>,
  bot: StoredBot,
  isForced: boolean,
): Promise<void> {
  const { id } = bot
  await inTransaction(scope, async (scope) => {
    const { db } = scope
    if (!isForced) await assertUnused(scope, bot)
    const users = await db.botAccess.findMany({ where: { botId: id }, select: { tenantId: true } })
    await askToMove(
      scope,
      users.map(({ tenantId }) => ({ tenantId, botId: id, toBotId: null })),
    )
    await retireBot(db, id)
    const before = showBot(bot)
    const object = { type: 'bot', id: before.id }
    await recordAudit(scope, { tenantId: bot.tenantId ?? nilUuid, action: 'bot.deleted', object, before })
    tellAfterCommit(scope, BotChanged, id)
  })
  const token = unsealBotToken(scope.sealer, bot)
  await scope.telegram.call(token, 'deleteWebhook', {})
}
