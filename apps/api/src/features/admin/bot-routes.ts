import { nilUuid } from '@tellwire/db'
import { type AdminScope, findKept, recordAudit } from '@tellwire/domain'
import { checkBot } from '../../bots/check-bot.js'
import { changeBot } from '../../bots/change-bot.js'
import { deleteBot } from '../../bots/delete-bot.js'
import { replaceToken } from '../../bots/replace-token.js'
import { Bot, BotChange, BotRemovalQuery, type BotView, NewBot, NewToken } from '../../bots/schemas.js'
import { showBot, type StoredBot } from '../../bots/show-bot.js'
import { storeBot } from '../../bots/store-bot.js'
import { Answer, answerOnce, replayedHeader } from '../../http/answer.js'
import { notFound } from '../../errors.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { adminRoute, Empty } from '../../route.js'
import { AdminListQuery } from './schemas.js'

const params = IdParams('bot', 'bot')

/** @throws `not_found` also for tenants' own bots, which are theirs to change. */
async function findSharedBot({ db }: AdminScope, { id: given }: { id: string }): Promise<StoredBot> {
  const id = readId('bot', given, 'bot')
  const bot = await db.bot.findFirst({ where: { id, tenantId: null, status: { not: 'deleted' } } })
  if (!bot) throw notFound('bot', '/id')
  return bot
}

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
      const getBot = await checkBot(scope, body.token, { wanted: body.update_mode })
      return answerOnce(
        scope,
        async (scope) => {
          const view = showBot(await storeBot(scope, null, getBot()))
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
  adminRoute({
    operation: 'getSharedBot',
    method: 'GET',
    url: '/admin/v1/bots/:id',
    summary: 'Look at a bot that tenants share',
    params,
    responses: { 200: Bot },
    handler: async ({ scope, params }) => showBot(await findSharedBot(scope, params)),
  }),
  adminRoute({
    operation: 'changeSharedBot',
    adminScope: 'bots',
    gate: 'telegram',
    method: 'PATCH',
    url: '/admin/v1/bots/:id',
    summary: "Change a shared bot's rate, or how it hears of updates",
    params,
    body: BotChange,
    responses: { 200: Bot },
    errors: ['rate_refused', 'webhook_refused', 'telegram_unavailable', 'bot_token_rejected'],
    handler: async ({ scope, params, body }) => changeBot(scope, await findSharedBot(scope, params), body),
  }),
  adminRoute({
    operation: 'replaceSharedBotToken',
    adminScope: 'bots',
    gate: 'telegram',
    method: 'PUT',
    url: '/admin/v1/bots/:id/token',
    summary: "Replace a shared bot's token",
    description: 'Its chats stay. What waited because Telegram refused the old one goes on.',
    params,
    body: NewToken,
    responses: { 200: Bot },
    errors: ['bot_token_rejected', 'webhook_refused', 'telegram_unavailable'],
    handler: async ({ scope, params, body }) => replaceToken(scope, await findSharedBot(scope, params), body.token),
  }),
  adminRoute({
    operation: 'deleteSharedBot',
    adminScope: 'bots',
    gate: 'telegram',
    method: 'DELETE',
    url: '/admin/v1/bots/:id',
    summary: 'Take a shared bot out of service',
    description:
      "While somebody is connected to a tenant through it, or a message waits, it is refused and the answer says how many: `force` ends all tenants' connections there, and what waits fails.",
    params,
    query: BotRemovalQuery,
    responses: { 204: Empty },
    errors: ['bot_in_use'],
    handler: async ({ scope, params, query }) =>
      deleteBot(scope, await findSharedBot(scope, params), query.force === true),
  }),
]
