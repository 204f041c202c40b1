import Type from 'typebox'
import { defaultLimits } from '../state/world.js'
import { type ControlApp, strict } from './app.js'
import { getBot } from './find.js'
import type { Control } from './people-actions.js'

const NewFault = Type.Object(
  {
    method: Type.Optional(Type.String()),
    chat_id: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
    bot: Type.Optional(Type.String()),
    kind: Type.Union([
      Type.Literal('status'),
      Type.Literal('timeout_before'),
      Type.Literal('timeout_after'),
      Type.Literal('reset'),
    ]),
    status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
    description: Type.Optional(Type.String()),
    retry_after: Type.Optional(Type.Integer({ minimum: 0 })),
    migrate_to_chat_id: Type.Optional(Type.Integer()),
    times: Type.Integer({ minimum: 1, default: 1 }),
  },
  strict,
)

const RequestsQuery = Type.Object({ bot: Type.Optional(Type.String()), after: Type.Integer({ default: 0 }) }, strict)

const NewLimits = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean()),
    bot_per_second: Type.Optional(Type.Integer({ minimum: 1 })),
    chat_per_second: Type.Optional(Type.Integer({ minimum: 1 })),
    group_per_minute: Type.Optional(Type.Integer({ minimum: 1 })),
    press_seconds: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  strict,
)

/** Makes calls fail, sets the limits, and tells what was called. */
export function controlFaults(app: ControlApp, control: Control): void {
  const { world } = control
  app.post('/faults', { schema: { body: NewFault } }, async (request, reply) => {
    const { chat_id: chatId, ...fault } = request.body
    world.faults.push({ ...fault, chat_id: chatId === undefined ? undefined : String(chatId) })
    return reply.code(201).send({ id: world.faults.length })
  })
  app.delete('/faults', async () => {
    world.faults = []
    return { ok: true }
  })
  app.get('/requests', { schema: { querystring: RequestsQuery } }, async (request) => {
    const { bot, after } = request.query
    const username = bot === undefined ? undefined : getBot(control, bot).username
    return {
      data: world.requests.filter((entry) => entry.seq > after && (username === undefined || entry.bot === username)),
    }
  })
  app.put('/limits', { schema: { body: NewLimits } }, async (request) => {
    world.limits = { ...defaultLimits, ...request.body }
    world.onChange()
    return { ok: true, ...world.limits }
  })
  app.get('/limits', async () => world.limits)
}
