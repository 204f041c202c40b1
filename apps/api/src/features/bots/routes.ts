import { findKept } from '@tellwire/domain'
import { Answer, answerOnce, replayedHeader } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { changeBot } from '../../bots/change-bot.js'
import { checkBot } from '../../bots/check-bot.js'
import { assertHasRoom } from '../../limits/tenant-quotas.js'
import { deleteBot } from '../../bots/delete-bot.js'
import { replaceToken } from '../../bots/replace-token.js'
import { findOwnBot } from './find-bot.js'
import { getBot } from './get-bot.js'
import { getBotCapacity } from './get-bot-capacity.js'
import { inviteToBot } from './invite-to-bot.js'
import { leaveSharedBot } from './leave-bot.js'
import { listBots } from './list-bots.js'
import { registerBot } from './register-bot.js'
import { Bot, BotChange, BotRemovalQuery, type BotView, NewBot, NewToken } from '../../bots/schemas.js'
import { BotCapacity, BotInvitation, BotInvitationView, BotListQuery, SharedBot } from './schemas.js'
import { listSharedBots, useSharedBot } from './shared-bots.js'

const tag = 'bots'
const params = IdParams('bot', 'bot')
const idOf = ({ id }: { id: string }): string => readId('bot', id, 'bot')
const locationOf = ({ id }: BotView): string => `/v1/bots/${id}`

export const botRoutes = [
  route({
    operation: 'registerBot',
    gate: 'telegram',
    scope: 'bots:write',
    method: 'POST',
    url: '/v1/bots',
    tag,
    summary: 'Register a bot',
    description: 'Telegram is asked who the token belongs to, and told where to send what people do.',
    body: NewBot,
    responses: { 201: Bot },
    isIdempotent: true,
    hasLocation: true,
    errors: ['limit_reached', 'bot_exists', 'bot_token_rejected', 'webhook_refused', 'telegram_unavailable'],
    handler: async ({ scope, body }) => {
      // Telegram is not asked twice.
      const kept = await findKept<BotView>(scope)
      if (kept) return new Answer(201, kept.result, { location: locationOf(kept.result), ...replayedHeader(true) })
      const getBot = await checkBot(scope, body.token, {
        wanted: body.update_mode,
        assertWelcome: () => assertHasRoom(scope, 'bots'),
      })
      return answerOnce(scope, async (scope) => registerBot(scope, getBot()), { status: 201, locationOf })
    },
  }),
  route({
    operation: 'listBots',
    scope: 'bots:read',
    method: 'GET',
    url: '/v1/bots',
    tag,
    summary: 'List bots, oldest first',
    query: BotListQuery,
    responses: { 200: Page('BotPage', Bot) },
    handler: ({ scope, query }) => listBots(scope, query),
  }),
  route({
    operation: 'getBot',
    scope: 'bots:read',
    method: 'GET',
    url: '/v1/bots/:id',
    tag,
    summary: 'Look at a bot',
    params,
    responses: { 200: Bot },
    handler: ({ scope, params }) => getBot(scope, idOf(params)),
  }),
  route({
    operation: 'changeBot',
    shows: 'bots:read',
    gate: 'telegram',
    scope: 'bots:write',
    method: 'PATCH',
    url: '/v1/bots/:id',
    tag,
    summary: "Change a bot's rate, or how it hears of updates",
    params,
    body: BotChange,
    responses: { 200: Bot },
    errors: ['bot_not_owned', 'rate_refused', 'webhook_refused', 'telegram_unavailable', 'bot_token_rejected'],
    handler: async ({ scope, params, body }) => changeBot(scope, await findOwnBot(scope, idOf(params)), body),
  }),
  route({
    operation: 'deleteBot',
    gate: 'telegram',
    scope: 'bots:write',
    method: 'DELETE',
    url: '/v1/bots/:id',
    tag,
    summary: 'Take a bot out of service',
    description:
      'Its token is deleted, and it can be registered anew. Links that nobody has used are revoked; ended connections and what was sent stay. While somebody is connected through it, or a message waits, it is refused and the answer says how many: `force` ends the connections, and what waits fails.',
    params,
    query: BotRemovalQuery,
    responses: { 204: Empty },
    errors: ['bot_not_owned', 'bot_in_use'],
    handler: async ({ scope, params, query }) =>
      deleteBot(scope, await findOwnBot(scope, idOf(params)), query.force === true),
  }),
  route({
    operation: 'replaceBotToken',
    shows: 'bots:read',
    gate: 'telegram',
    scope: 'bots:write',
    method: 'PUT',
    url: '/v1/bots/:id/token',
    tag,
    summary: "Replace a bot's token",
    description: 'What waited because Telegram refused the old one goes on.',
    params,
    body: NewToken,
    responses: { 200: Bot },
    errors: ['bot_not_owned', 'bot_token_rejected', 'webhook_refused', 'telegram_unavailable'],
    handler: async ({ scope, params, body }) => replaceToken(scope, await findOwnBot(scope, idOf(params)), body.token),
  }),
  route({
    operation: 'getBotCapacity',
    scope: 'bots:read',
    method: 'GET',
    url: '/v1/bots/:id/capacity',
    tag,
    summary: 'See how fast a bot sends, and what waits',
    params,
    responses: { 200: BotCapacity },
    handler: ({ scope, params }) => getBotCapacity(scope, idOf(params)),
  }),
  route({
    operation: 'listSharedBots',
    scope: 'bots:read',
    method: 'GET',
    url: '/v1/shared-bots',
    tag,
    summary: 'List the bots that the operator shares, oldest first',
    query: BotListQuery,
    responses: { 200: Page('SharedBotPage', SharedBot) },
    handler: ({ scope, query }) => listSharedBots(scope, query),
  }),
  route({
    operation: 'useSharedBot',
    shows: 'bots:read',
    scope: 'bots:write',
    method: 'PUT',
    url: '/v1/shared-bots/:id',
    tag,
    summary: 'Use a bot that the operator shares',
    description:
      'It is one of your bots from then on: links can name it. Its messages say whose they are, and its rate is shared fairly.',
    params,
    responses: { 200: Bot },
    handler: ({ scope, params }) => answerOnce(scope, (scope) => useSharedBot(scope, idOf(params)), { status: 200 }),
  }),
  route({
    operation: 'leaveSharedBot',
    scope: 'bots:write',
    method: 'DELETE',
    url: '/v1/shared-bots/:id',
    tag,
    summary: 'Stop using a bot that the operator shares',
    description:
      'While somebody is connected to you through it, or a message of yours waits, it is refused and the answer says how many: `force` ends your connections there, and what waits fails. To take people along, invite them to another bot first.',
    params,
    query: BotRemovalQuery,
    responses: { 204: Empty },
    errors: ['bot_in_use', 'conflict'],
    handler: ({ scope, params, query }) => leaveSharedBot(scope, idOf(params), query.force === true),
  }),
  route({
    operation: 'inviteToBot',
    shows: 'bots:read',
    scope: 'bots:write',
    method: 'POST',
    url: '/v1/bots/:id/invitations',
    tag,
    summary: 'Invite people from another bot to this one',
    description:
      'Everybody who is connected in a private chat with the other bot is told there that you move, with a button that leads to this bot and is good for seven days. Whoever presses Start is connected here, and no longer there; the others stay as they are. Repeated, it tells how far that is; when it is done, it invites those who are still there once more. Groups and channels need links of their own.',
    params,
    body: BotInvitation,
    responses: { 202: BotInvitationView },
    isIdempotent: true,
    handler: ({ scope, params, body }) =>
      answerOnce(scope, (scope) => inviteToBot(scope, idOf(params), body), { status: 202 }),
  }),
]
