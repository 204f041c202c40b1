import type { TenantContext } from '../../context.js'
import { ApiError, notFound } from '../../errors.js'

/** @throws `not_found`, and `bot_not_owned` for a shared bot, which only the operator changes. */
export async function findOwnBot({ db, tenantId }: TenantContext, id: string) {
  const bot = await db.bot.findFirst({ where: { id, access: { some: { tenantId } } } })
  if (!bot) throw notFound('bot', '/id')
  if (bot.tenantId !== tenantId) {
    throw new ApiError('bot_not_owned', 'The bot is shared with you. Only the operator can change it.')
  }
  return bot
}
