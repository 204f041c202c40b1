import Type from 'typebox'
import { type ControlApp, strict } from './app.js'
import { ControlError } from './control-error.js'
import { getBot } from './find.js'
import type { Control } from './people-actions.js'

const NewBot = Type.Object(
  {
    username: Type.Optional(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{3,30}$' })),
    first_name: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  strict,
)

/** Makes bots, and revokes their tokens: as with BotFather, a bot gets another one by that. */
export function controlBots(app: ControlApp, control: Control): void {
  const { world } = control
  app.post('/bots', { schema: { body: NewBot } }, async (request, reply) => {
    const username = request.body.username ?? `sandbox_${world.bots.size + 1}_bot`
    if (world.botByUsername(username)) throw new ControlError(409, 'the username is taken')
    const bot = world.createBot({ username, firstName: request.body.first_name ?? username })
    return reply.code(201).send({ id: bot.id, username: bot.username, token: bot.token })
  })
  app.get('/bots', async () => ({
    data: [...world.bots.values()].map((bot) => ({ id: bot.id, username: bot.username, first_name: bot.firstName })),
  }))
  app.post(
    '/bots/:username/revoke',
    { schema: { params: Type.Object({ username: Type.String() }) } },
    async (request) => {
      const bot = getBot(control, request.params.username)
      world.renewToken(bot)
      return { token: bot.token }
    },
  )
}
