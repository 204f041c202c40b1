import { inTransaction, type Prisma } from '@tellwire/db'
import { tellAfterCommit, type TenantScope, unsealBotToken, type WantedUpdateMode } from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { subscribeUpdates } from './check-bot.js'
import { findOwnBot } from './find-bot.js'
import type { BotChange } from './schemas.js'
import { showBot } from './show-bot.js'

const freeRateMax = 30

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
  // Of two changes at once the later one must see what the earlier one made of the other field.
  const [changed] = await scope.db.bot.updateManyAndReturn({
    where: { id, tenantId: scope.tenantId, rate: bot.rate, allowPaidBroadcast: bot.allowPaidBroadcast },
    data: { rate, allowPaidBroadcast },
  })
  if (!changed) return changeBot(scope, id, change)
  tellAfterCommit(scope, BotChanged, id)
  const wanted = change.update_mode
  return showBot(wanted === undefined ? changed : await changeUpdateMode(scope, changed, wanted))
}

/** Subscribes to updates in the other way, at once; the bot is never read in both. */
async function changeUpdateMode(
  scope: Changing,
  { id, telegramId, tokenSealed, webhookSecretVersion: secretVersion }: Prisma.BotGetPayload<object>,
  wanted: WantedUpdateMode,
) {
  const token = unsealBotToken(scope.sealer, telegramId, tokenSealed)
  const updateMode = await subscribeUpdates(scope, token, { wanted, secretVersion })
  return inTransaction(scope, async (scope) => {
    await scope.db.updatePoller.update({ where: { botId: id }, data: { isWanted: updateMode === 'polling' } })
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
