import { inTransaction, nilUuid } from '@tellwire/db'
import { type AdminScope, recordAudit, tellAfterCommit, unsealBotToken, type WantedUpdateMode } from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import type { Needs } from '../context.js'
import { ApiError } from '../errors.js'
import { showId } from '../http/ids.js'
import { subscribeUpdates } from './check-bot.js'
import type { BotChange } from './schemas.js'
import { showBot, type StoredBot } from './show-bot.js'

const freeRateMax = 30

type Changing = AdminScope & Needs<'telegram' | 'sealer' | 'webhookBaseUrl'>

/** Who sends for the bot is told, and takes up the new rate at once. */
export async function changeBot(
  scope: Changing,
  bot: StoredBot,
  change: BotChange,
): Promise<ReturnType<typeof showBot>> {
  const allowPaidBroadcast = change.allow_paid_broadcast ?? bot.allowPaidBroadcast
  const rate = change.rate ?? bot.rate
  if (rate > freeRateMax && !allowPaidBroadcast) {
    throw new ApiError('rate_refused', `Telegram takes more than ${freeRateMax} messages a second only for pay.`, {
      errors: [
        {
          pointer: '/rate',
          code: 'rate_refused',
          detail: `is above ${freeRateMax}, which needs allow_paid_broadcast: every message beyond costs 0.1 Star`,
        },
      ],
    })
  }
  const changed = await changeRate(scope, bot, { rate, allowPaidBroadcast })
  if (!changed) return changeBot(scope, await scope.db.bot.findUniqueOrThrow({ where: { id: bot.id } }), change)
  tellAfterCommit(scope, BotChanged, bot.id)
  const wanted = change.update_mode
  return showBot(wanted === undefined ? changed : await changeUpdateMode(scope, changed, wanted))
}

/**
 * Of two changes at once the later one must see what the earlier one made of the other field.
 * @returns undefined where another change came first.
 */
async function changeRate(
  scope: Changing,
  bot: StoredBot,
  data: { rate: number; allowPaidBroadcast: boolean },
): Promise<StoredBot | undefined> {
  const { id, tenantId, rate, allowPaidBroadcast } = bot
  return inTransaction(scope, async (scope) => {
    const [changed] = await scope.db.bot.updateManyAndReturn({
      where: { id, tenantId, rate, allowPaidBroadcast },
      data,
    })
    if (!changed) return undefined
    const [before, after] = [showBot(bot), showBot(changed)]
    const object = { type: 'bot', id: after.id }
    await recordAudit(scope, { tenantId: tenantId ?? nilUuid, action: 'bot.changed', object, before, after })
    return changed
  })
}

/** Subscribes to updates in the other way, at once; the bot is never read in both. */
async function changeUpdateMode(scope: Changing, bot: StoredBot, wanted: WantedUpdateMode) {
  const { id, webhookSecretVersion: secretVersion } = bot
  const token = unsealBotToken(scope.sealer, bot)
  const updateMode = await subscribeUpdates(scope, token, { wanted, secretVersion })
  return inTransaction(scope, async (scope) => {
    await scope.db.updatePoller.update({ where: { botId: id }, data: { isWanted: updateMode === 'polling' } })
    const object = { type: 'bot', id: showId('bot', id) }
    const tenantId = bot.tenantId ?? nilUuid
    await recordAudit(scope, { tenantId, action: 'bot.changed', object, after: { update_mode: wanted } })
    tellAfterCommit(scope, BotChanged, id)
    return scope.db.bot.update({
      where: { id },
      data: {
        updateMode,
        wantedUpdateMode: wanted,
        webhookError: null,
        webhookFailingSince: null,
        polledUntil: null,
        webhookSecretTold: secretVersion,
      },
    })
  })
}
