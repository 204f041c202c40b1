import { inTransaction, nilUuid, readWord } from '@tellwire/db'
import {
  type AdminScope,
  recordAudit,
  recordEvents,
  sealBotToken,
  tellAfterCommit,
  wakeAfterCommit,
  wantedUpdateModes,
} from '@tellwire/domain'
import { BotChanged, DrainLane } from '@tellwire/jobs'
import { isWellFormedToken, telegramIdOf } from '@tellwire/telegram'
import type { Needs } from '../context.js'
import { showId } from '../http/ids.js'
import { lockBot, recordOrForget } from './lock-bot.js'
import { identifyBot, rejectedToken, subscribeUpdates } from './check-bot.js'
import { showBot, type StoredBot } from './show-bot.js'

/** Gives a bot another token. What waited because Telegram refused the old one goes on. */
export async function replaceToken(
  scope: AdminScope & Needs<'telegram' | 'sealer' | 'webhookBaseUrl'>,
  bot: StoredBot,
  token: string,
) {
  const { id, telegramId, wantedUpdateMode, webhookSecretVersion } = bot
  if (isWellFormedToken(token) && telegramIdOf(token) !== telegramId) throw rejectedToken('It belongs to another bot.')
  const { username, displayName } = await identifyBot(scope, token)
  // Whoever had the token may know the secret too.
  const secretVersion = webhookSecretVersion + 1
  const wanted = readWord(wantedUpdateModes, wantedUpdateMode)
  // The old secret is taken too while what was sent with it is under way; the new one from now on.
  await scope.db.bot.update({ where: { id }, data: { webhookSecretVersion: secretVersion } })
  const updateMode = await subscribeUpdates(scope, token, { wanted, secretVersion })
  const replace = () =>
    inTransaction(scope, async (scope) => {
      const { db, sealer } = scope
      await lockBot(db, id)
      const { count } = await db.bot.updateMany({
        where: { id, status: { not: 'active' } },
        data: { status: 'active' },
      })
      if (count > 0) {
        const tenants = await db.botAccess.findMany({ where: { botId: id, leftAt: null }, select: { tenantId: true } })
        await recordEvents(
          db,
          tenants.map(({ tenantId }) => ({ tenantId, type: 'bot.restored' as const, data: { bot_id: id } })),
        )
      }
      await db.lane.update({
        where: { botId: id },
        data: { parkedReason: null, pausedUntil: null, refusals: 0, tokenVersion: { increment: 1 } },
      })
      await db.updatePoller.update({ where: { botId: id }, data: { isWanted: updateMode === 'polling' } })
      const object = { type: 'bot', id: showId('bot', id) }
      await recordAudit(scope, { tenantId: bot.tenantId ?? nilUuid, action: 'bot.token_replaced', object })
      tellAfterCommit(scope, BotChanged, id)
      wakeAfterCommit(scope, DrainLane, { botId: id })
      const tokenSealed = sealBotToken(sealer, bot, token)
      return db.bot.update({
        where: { id },
        data: { tokenSealed, username, displayName, updateMode, webhookSecretTold: secretVersion },
      })
    })
  return showBot(await recordOrForget(scope, token, replace))
}
