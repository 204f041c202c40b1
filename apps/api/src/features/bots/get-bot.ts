import type { TenantContext } from '../../context.js'
import { notFound } from '../../errors.js'
import { showBot } from './show-bot.js'

export async function getBot({ db, tenantId }: TenantContext, id: string) {
  const bot = await db.bot.findFirst({ where: { id, access: { some: { tenantId } } } })
  if (!bot) throw notFound('bot', '/id')
  return showBot(bot)
}
