import { nilUuid } from '@tellwire/db'
import { findKept, recordAudit } from '@tellwire/domain'
import { checkBot } from '../../bots/check-bot.js'
import { Bot, type BotView, NewBot } from '../../bots/schemas.js'
import { showBot } from '../../bots/show-bot.js'
import { storeBot } from '../../bots/store-bot.js'
import { Answer, answerOnce, replayedHeader } from '../../http/answer.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { Page } from '../../http/schemas.js'
import { adminRoute } from '../../route.js'
import { AdminListQuery } from './schemas.js'

export const adminBotRoutes = [
  adminRoute({
    operation: 'registerSharedBot',
    adminScope: 'bots',
    gate: 'telegram',
    method: 'POST',
    url: '/admin/v1/bots',
    summary: 'Register a bot that tenants share',
    description: 'Each tenant says for itself that it wants to use it: `PUT /v1/shared-bots/{id}`.',
    body: NewBot,
    responses: { 201: Bot },
    isIdempotent: true,
    errors: ['bot_exists', 'bot_token_rejected', 'webhook_refused', 'telegram_unavailable'],
    handler: async ({ scope, body }) => {
      const kept = await findKept<BotView>({ ...scope, tenantId: undefined })
      if (kept) return new Answer(201, kept.result, replayedHeader(true))
      const bot = await checkBot(scope, body.token, body.update_mode)
      return answerOnce(
        scope,
        async (scope) => {
          const view = showBot(await storeBot(scope, null, bot))
          const object = { type: 'bot', id: view.id }
          await recordAudit(scope, { tenantId: nilUuid, action: 'bot.registered', object, after: view })
          return view
        },
        { status: 201 },
      )
    },
  }),
  adminRoute({
    operation: 'listAllSharedBots',
    method: 'GET',
    url: '/admin/v1/bots',
    summary: 'List the bots that tenants share, oldest first',
    query: AdminListQuery,
    responses: { 200: Page('BotPage', Bot) },
    handler: async ({ scope: { db }, query: { limit, cursor } }) => {
      const list = ['all shared bots']
      const after = readIdCursor(list, cursor)
      const bots = await db.bot.findMany({
        where: { tenantId: null, status: { not: 'deleted' }, ...(after === undefined ? {} : { id: { gt: after } }) },
        orderBy: { id: 'asc' },
        take: limit + 1,
      })
      return toPage(bots, limit, list, ({ id }) => id, showBot)
    },
  }),
]
