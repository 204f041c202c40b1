import { type TenantScope, usableBy } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showBot } from '../../bots/show-bot.js'
import type { BotListQuery } from './schemas.js'

/** The tenant's own bots and those shared with it, oldest first. */
export async function listBots({ db, tenantId }: TenantScope, { limit, cursor }: BotListQuery) {
  const list = ['bots', tenantId]
  const after = readIdCursor(list, cursor)
  const bots = await db.bot.findMany({
    where: {
      ...usableBy(tenantId),
      ...(after === undefined ? {} : { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(bots, limit, list, (bot) => bot.id, showBot)
}
