import { inTransaction, nilUuid } from '@tellwire/db'
import { type AdminScope, askToMove, recordAudit, tellAfterCommit, unsealBotToken } from '@tellwire/domain'
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
    await db.bot.update({
      where: { id },
      data: { status: 'deleted', tokenSealed: new Uint8Array(), telegramId: idOfNobody(id), updateMode: 'webhook' },
    })
    await db.lane.update({
      where: { botId: id },
      data: { parkedReason: 'bot_deleted', pausedUntil: null, tokenVersion: { increment: 1 } },
    })
    await db.updatePoller.update({ where: { botId: id }, data: { isWanted: false } })
    await db.connectLink.updateMany({ where: { botId: id, status: 'pending' }, data: { status: 'revoked' } })
    const before = showBot(bot)
    const object = { type: 'bot', id: before.id }
    await recordAudit(scope, { tenantId: bot.tenantId ?? nilUuid, action: 'bot.deleted', object, before })
    tellAfterCommit(scope, BotChanged, id)
  })
  const token = unsealBotToken(scope.sealer, bot)
  await scope.telegram.call(token, 'deleteWebhook', {})
}

/** An id that no bot of Telegram's has: it may be registered, and deleted, again and again. From the random end of a UUID. */
function idOfNobody(botId: string): bigint {
  return -BigInt(`0x${botId.replaceAll('-', '').slice(-15)}`)
}
