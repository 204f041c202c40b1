import { inTransaction, type Prisma } from '@tellwire/db'
import { recordAudit, tellAfterCommit, type TenantScope, unsealBotToken, type WantedUpdateMode } from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { subscribeUpdates } from '../../bots/check-bot.js'
import { showId } from '../../http/ids.js'
import { findOwnBot } from './find-bot.js'
import type { BotChange } from './schemas.js'
import { showBot } from '../../bots/show-bot.js'

const freeRateMax = 30

type StoredBot = Prisma.BotGetPayload<object>
type Changing = TenantScope & Needs<'telegram' | 'sealer' | 'webhookBaseUrl'>

/** Who sends for the bot is told, and takes up the new rate at once. */
export async function changeBot(scope: Changing, id: string, change: BotChange): Promise<ReturnType<typeof showBot>> {
  const bot = await findOwnBot(scope, id)
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
  if (!changed) return changeBot(scope, id, change)
  tellAfterCommit(scope, BotChanged, id)
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
  const { id, rate, allowPaidBroadcast } = bot
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const [changed] = await db.bot.updateManyAndReturn({ where: { id, tenantId, rate, allowPaidBroadcast }, data })
    if (!changed) return undefined
    const [before, after] = [showBot(bot), showBot(changed)]
    const object = { type: 'bot', id: after.id }
    await recordAudit(scope, { tenantId, action: 'bot.changed', object, before, after })
    return changed
  })
}

/** Subscribes to updates in the other way, at once; the bot is never read in both. */
async function changeUpdateMode(scope: Changing, bot: StoredBot, wanted: WantedUpdateMode) {
  const { id, webhookSecretVersion: secretVersion } = bot
  const token = unsealBotToken(scope.sealer, bot)
  const updateMode = await subscribeUpdates(scope, token, { wanted, secretVersion })
  return inTransaction(scope, async (scope) => {
    const { tenantId } = scope
    await scope.db.updatePoller.update({ where: { botId: id }, data: { isWanted: updateMode === 'polling' } })
    const object = { type: 'bot', id: showId('bot', id) }
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
