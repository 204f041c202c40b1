import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readId } from '../../http/ids.js'
import { idempotencyHeaders, Page } from '../../http/schemas.js'
import { replayEarlier, runIdempotently } from '../../plugins/idempotency.js'
import { changeBot } from './change-bot.js'
import { checkBot } from './check-bot.js'
import { getBot } from './get-bot.js'
import { getBotCapacity } from './get-bot-capacity.js'
import { listBots } from './list-bots.js'
import { registerBot } from './register-bot.js'
import { replaceToken } from './replace-token.js'
import { Bot, BotCapacity, BotChange, BotListQuery, BotParams, NewBot } from './schemas.js'

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
    async (request) => getBot(request.tenant, readBotId(request.params)),
  )

  app.patch(
    '/:id',
    {
      config: { scope: 'bots:write' },
      schema: { tags, summary: "Change a bot's rate", params: BotParams, body: BotChange, response: { 200: Bot } },
    },
    async (request) => changeBot(request.tenant, readBotId(request.params), request.body),
  )

  app.put(
    '/:id/token',
    {
      config: { scope: 'bots:write' },
      schema: { tags, summary: "Replace a bot's token", params: BotParams, body: NewBot, response: { 200: Bot } },
    },
    async (request) => replaceToken(request.tenant, readBotId(request.params), request.body.token),
  )

  app.get(
    '/:id/capacity',
    {
      config: { scope: 'bots:read' },
      schema: {
        tags,
        summary: 'How fast a bot sends, and what waits',
        params: BotParams,
        response: { 200: BotCapacity },
      },
    },
    async (request) => getBotCapacity(request.tenant, readBotId(request.params)),
  )
}

function readBotId({ id }: { id: string }): string {
  return readId('bot', id, 'bot')
}
