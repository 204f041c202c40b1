import { type Prisma, readWord } from '@tellwire/db'
import { wantedUpdateModes } from '@tellwire/domain'
import { showId } from '../http/ids.js'
import type { BotView } from './schemas.js'

export type StoredBot = Prisma.BotGetPayload<object>

export function showBot(bot: StoredBot): BotView {
  return {
    id: showId('bot', bot.id),
    username: bot.username,
    display_name: bot.displayName,
    telegram_id: Number(bot.telegramId),
    mode: bot.updateMode === 'webhook' ? 'webhook' : 'polling',
    update_mode: readWord(wantedUpdateModes, bot.wantedUpdateMode),
    webhook_error: bot.webhookError,
    pending_updates: bot.pendingUpdates,
    rate: bot.rate,
    allow_paid_broadcast: bot.allowPaidBroadcast,
    status: bot.status === 'active' ? 'active' : 'unauthorized',
    created_at: bot.createdAt.toISOString(),
  }
}
