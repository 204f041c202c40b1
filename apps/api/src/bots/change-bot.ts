import { inTransaction, nilUuid } from '@tellwire/db'
import { type AdminScope, recordAudit, tellAfterCommit, unsealBotToken, type WantedUpdateMode } from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import type { Needs } from '../context.js'
import { ApiError } from '../errors.js'
import { subscribeUpdates } from './check-bot.js'
import { lockBot, recordOrForget } from './lock-bot.js'
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
  const wanted = change.update_mode
  const data = { rate, allowPaidBroadcast }
  const changed =
    wanted === undefined
      ? await write(scope, bot, data)
      : await writeWithMode(scope, bot, { ...data, ...(await subscribe(scope, bot, wanted)) })
  if (changed) return showBot(changed)
  return changeBot(scope, await scope.db.bot.findUniqueOrThrow({ where: { id: bot.id } }), change)
}

function writeWithMode(scope: Changing, bot: StoredBot, data: Changed): Promise<StoredBot | undefined> {
  return recordOrForget(scope, unsealBotToken(scope.sealer, bot), () => write(scope, bot, data))
}

/** Subscribes to updates in the other way, at once; the bot is never read in both. @returns what is to be noted of it. */
async function subscribe(scope: Changing, bot: StoredBot, wanted: WantedUpdateMode) {
  const { webhookSecretVersion: secretVersion } = bot
  const updateMode = await subscribeUpdates(scope, unsealBotToken(scope.sealer, bot), { wanted, secretVersion })
  return {
    updateMode,
    wantedUpdateMode: wanted,
    webhookError: null,
    webhookFailingSince: null,
    polledUntil: null,
    webhookSecretTold: secretVersion,
  }
}

type Changed = Partial<Awaited<ReturnType<typeof subscribe>>> & { rate: number; allowPaidBroadcast: boolean }

/**
 * Of two changes at once the later one must see what the earlier one made of the other field.
 * @returns undefined where another change came first.
 */
async function write(scope: Changing, bot: StoredBot, data: Changed): Promise<StoredBot | undefined> {
  const { id, tenantId, rate, allowPaidBroadcast } = bot
  return inTransaction(scope, async (scope) => {
    const { db } = scope
    await lockBot(db, id)
    const where = { id, tenantId, rate, allowPaidBroadcast }
    const [changed] = await db.bot.updateManyAndReturn({ where, data })
    if (!changed) return undefined
    if (data.updateMode !== undefined) {
      await db.updatePoller.update({ where: { botId: id }, data: { isWanted: data.updateMode === 'polling' } })
    }
    const [before, after] = [showBot(bot), showBot(changed)]
    const object = { type: 'bot', id: after.id }
    await recordAudit(scope, { tenantId: tenantId ?? nilUuid, action: 'bot.changed', object, before, after })
    tellAfterCommit(scope, BotChanged, id)
    return changed
  })
}
