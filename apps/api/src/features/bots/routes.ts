import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readId } from '../../http/ids.js'
import { idempotencyHeaders, Page } from '../../http/schemas.js'
import { replayEarlier, runIdempotently } from '../../plugins/idempotency.js'
import { checkBot } from './check-bot.js'
import { getBot } from './get-bot.js'
import { listBots } from './list-bots.js'
import { registerBot } from './register-bot.js'
import { Bot, BotListQuery, BotParams, NewBot } from './schemas.js'

const tags = ['bots']

export const botRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'bots:write' },
      schema: { tags, summary: 'Register a bot', headers: idempotencyHeaders, body: NewBot, response: { 201: Bot } },
    },
    async (request, reply) => {
      const replayed = await replayEarlier(request.tenant, request, reply)
      if (replayed) return replayed
      const bot = await checkBot(request.tenant, request.body.token)
      return runIdempotently(request.tenant, request, reply, (ctx) => registerBot(ctx, bot))
    },
  )

  app.get(
    '',
    {
      config: { scope: 'bots:read' },
      schema: { tags, summary: 'List bots', querystring: BotListQuery, response: { 200: Page(Bot) } },
    },
    async (request) => listBots(request.tenant, request.query),
  )

  app.get(
    '/:id',
    {
      config: { scope: 'bots:read' },
      schema: { tags, summary: 'Look at a bot', params: BotParams, response: { 200: Bot } },
    },
    async (request) => getBot(request.tenant, readId('bot', request.params.id, 'bot')),
  )
}
