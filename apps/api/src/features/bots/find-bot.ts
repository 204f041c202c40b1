import type { Transaction } from '@tellwire/db'
import { type TenantScope, usableBy } from '@tellwire/domain'
import { ApiError, notFound } from '../../errors.js'

/** A bot of the tenant's own, or one that is shared with it. @throws `not_found` */
export async function findBot({ db, tenantId }: { db: Transaction; tenantId: string }, id: string) {
  const bot = await db.bot.findFirst({ where: { id, ...usableBy(tenantId) } })
  if (!bot) throw notFound('bot', '/id')
  return bot
}

/** @throws `not_found`, and `bot_not_owned` for a shared bot, which only the operator changes. */
export async function findOwnBot(scope: TenantScope, id: string) {
  const bot = await findBot(scope, id)
  if (bot.tenantId !== scope.tenantId) {
    throw new ApiError('bot_not_owned', 'The bot is shared with you. Only the operator can change it.')
  }
  return bot
}
