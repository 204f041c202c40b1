import type { Prisma } from '@tellwire/db'
import { showId } from '../../http/ids.js'

export function showBot(bot: Prisma.BotGetPayload<object>) {
  return {
    id: showId('bot', bot.id),
    username: bot.username,
    display_name: bot.displayName,
    telegram_id: Number(bot.telegramId),
    mode: bot.updateMode as 'polling' | 'webhook',
    rate: bot.rate,
    allow_paid_broadcast: bot.allowPaidBroadcast,
    status: bot.status as 'active' | 'unauthorized',
    created_at: bot.createdAt.toISOString(),
  }
}
