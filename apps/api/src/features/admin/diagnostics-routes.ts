import { listBusyLanes, nilUuid } from '@tellwire/db'
import Type from 'typebox'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { ShownId, showId } from '../../http/ids.js'
import { Literals, Nullable, Page, Timestamp } from '../../http/schemas.js'
import { adminRoute } from '../../route.js'
import { AdminListQuery } from './schemas.js'

const Check = Type.Object(
  {
    name: Type.String({ description: 'What was looked at.', examples: ['migrations'] }),
    status: Literals(['ok', 'warning', 'error'], { description: 'How it is.' }),
    detail: Type.String({ description: 'What was found.' }),
    advice: Nullable(Type.String(), { description: 'What to do; null where all is well.' }),
  },
  { $id: 'DiagnosticCheck', description: 'One thing that was looked at.' },
)

const Diagnostics = Type.Object(
  {
    status: Literals(['ok', 'warning', 'error'], { description: 'The worst of all.' }),
    checks: Type.Array(Check, { description: 'Everything that was looked at.' }),
  },
  { $id: 'Diagnostics', description: 'How an installation is.' },
)

const Lane = Type.Object(
  {
    bot_id: ShownId('bot', 'The bot.'),
    username: Type.String({ description: 'Its name in Telegram.' }),
    waiting: Type.Integer({ description: 'How much waits, up to 10,000.' }),
    rate: Type.Integer({ description: 'Most messages a second.' }),
    present_rate: Type.Number({ description: 'Less, while the bot is being slowed down.' }),
    holder: Nullable(Type.String(), { description: 'The worker that sends from it; null while none does.' }),
    paused_until: Nullable(Timestamp('A time.'), { description: 'Until when Telegram wants nothing of the bot.' }),
    parked_reason: Nullable(Type.String(), { description: 'Why nothing is sent, such as `unauthorized`.' }),
  },
  { $id: 'Lane', description: 'What waits to be sent by a bot.' },
)

export const adminDiagnosticsRoutes = [
  adminRoute({
    operation: 'getDiagnostics',
    method: 'GET',
    url: '/admin/v1/diagnostics',
    summary: 'See whether the installation is as it should be, and what to do where it is not',
    responses: { 200: Diagnostics },
    gate: 'searches',
    handler: async ({ scope }) => {
      const checks = await scope.diagnose()
      const status =
        (['error', 'warning'] as const).find((each) => checks.some((check) => check.status === each)) ?? 'ok'
      return { status, checks: checks.map((check) => ({ advice: null, ...check })) }
    },
  }),
  adminRoute({
    operation: 'listLanes',
    method: 'GET',
    url: '/admin/v1/lanes',
    summary: 'List the bots for which something waits',
    query: AdminListQuery,
    responses: { 200: Page('LanePage', Lane) },
    handler: async ({ scope: { engine }, query: { limit, cursor } }) => {
      const list = ['lanes']
      const lanes = await listBusyLanes(engine, readIdCursor(list, cursor) ?? nilUuid, limit + 1)
      return toPage(
        lanes,
        limit,
        list,
        ({ botId }) => botId,
        ({ botId, username, waiting, rate, presentRate, holder, pausedUntil, parkedReason }) => ({
          bot_id: showId('bot', botId),
          username,
          waiting,
          rate,
          present_rate: presentRate,
          holder,
          paused_until: pausedUntil?.toISOString() ?? null,
          parked_reason: parkedReason,
        }),
      )
    },
  }),
]
