import type { InTransaction } from '@tellwire/db'
import { recordAudit, type TenantScope } from '@tellwire/domain'
import { showBot } from '../../bots/show-bot.js'
import { notFound } from '../../errors.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { BotListQuery } from './schemas.js'

const isShared = { tenantId: null, status: 'active' } as const

/** Lists the bots that the operator shares, oldest first, and which of them the tenant uses. */
export async function listSharedBots({ db, tenantId }: TenantScope, { limit, cursor }: BotListQuery) {
  const list = ['shared bots', tenantId]
  const after = readIdCursor(list, cursor)
  const bots = await db.bot.findMany({
    where: { ...isShared, ...(after === undefined ? {} : { id: { gt: after } }) },
    include: { access: { where: { tenantId, leftAt: null }, select: { botId: true } } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  })
  return toPage(
    bots,
    limit,
    list,
    ({ id }) => id,
    ({ access, ...bot }) => {
      const { id, username, display_name } = showBot(bot)
      return { id, username, display_name, is_used: access.length > 0 }
    },
  )
}

/** Lets a tenant send through a bot that the operator shares. Again it changes nothing. @throws `not_found` */
export async function useSharedBot(scope: InTransaction<TenantScope>, id: string) {
  const { db, tenantId } = scope
  const bot = await db.bot.findFirst({ where: { id, ...isShared } })
  if (!bot) throw notFound('bot', '/id')
  const { count: joined } = await db.botAccess.createMany({ data: [{ tenantId, botId: id }], skipDuplicates: true })
  const back = { where: { tenantId, botId: id, leftAt: { not: null } }, data: { leftAt: null } }
  const { count: returned } = await db.botAccess.updateMany(back)
  const view = showBot(bot)
  if (joined + returned > 0)
    await recordAudit(scope, { tenantId, action: 'bot.joined', object: { type: 'bot', id: view.id } })
  return view
}
