import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findOwnBot } from './find-own-bot.js'
import type { BotChange } from './schemas.js'
import { showBot } from './show-bot.js'

const freeRateMax = 30

/** A lane takes up a new rate when its next turn begins, within seconds. */
export async function changeBot(ctx: TenantContext, id: string, change: BotChange) {
  const bot = await findOwnBot(ctx, id)
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
  return showBot(await ctx.db.bot.update({ where: { id }, data: { rate, allowPaidBroadcast } }))
}
