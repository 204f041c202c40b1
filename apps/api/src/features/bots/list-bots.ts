import type { TenantContext } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showBot } from './show-bot.js'
import type { BotListQuery } from './schemas.js'

/** The tenant's own bots and those shared with it, oldest first. */
export async function listBots({ db, tenantId }: TenantContext, { limit, cursor }: BotListQuery) {
  const scope = ['bots', tenantId]
  const after = readIdCursor(scope, cursor)
  const bots = await db.bot.findMany({
    where: { access: { some: { tenantId } }, ...(after === undefined ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(bots, limit, scope, (bot) => bot.id, showBot)
}
