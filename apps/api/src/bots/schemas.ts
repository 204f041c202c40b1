import { type WantedUpdateMode, wantedUpdateModes } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { ShownId } from '../http/ids.js'
import { Literals, Nullable, Timestamp } from '../http/schemas.js'

const token = Type.String({
  minLength: 1,
  maxLength: 200,
  description: "The bot's token, from @BotFather. It is never shown again.",
  examples: ['123456789:AAExampleExampleExampleExampleExample'],
})

const updateMode = Literals(wantedUpdateModes, {
  description:
    'How Tellwire is to learn what people do: by `webhook`, by long `polling`, or `auto`: by webhook where Telegram reaches this service, and by polling while it does not.',
})

export const NewToken = Type.Object({ token }, { $id: 'NewToken', additionalProperties: false })

export const NewBot = Type.Object(
  { token, update_mode: Type.Unsafe<WantedUpdateMode>({ ...updateMode, default: 'auto' }) },
  {
    $id: 'NewBot',
    additionalProperties: false,
    examples: [{ token: '123456789:AAExampleExampleExampleExampleExample' }],
  },
)
export type NewBot = Static<typeof NewBot>

export const BotChange = Type.Object(
  {
    rate: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Most messages a second.' })),
    update_mode: Type.Optional(updateMode),
    allow_paid_broadcast: Type.Optional(
      Type.Boolean({ description: 'Lets the bot send more than 30 a second, for 0.1 Star each beyond that.' }),
    ),
  },
  { $id: 'BotChange', additionalProperties: false, minProperties: 1, examples: [{ rate: 20 }] },
)
export type BotChange = Static<typeof BotChange>

export const Bot = Type.Object(
  {
    id: ShownId('bot', 'The id of the bot.'),
    username: Type.String({ description: 'The name by which Telegram finds the bot.' }),
    display_name: Type.String({ description: 'What people see as its name.' }),
    telegram_id: Type.Integer({ description: "Telegram's id of the bot." }),
    mode: Literals(['polling', 'webhook'], {
      description: 'How Tellwire learns what people do at present: by long polling, or by webhook.',
    }),
    update_mode: updateMode,
    webhook_error: Nullable(Type.String(), {
      description:
        'What Telegram says of the webhook that it does not reach; null while it does, or where none is wanted.',
    }),
    pending_updates: Nullable(Type.Integer(), {
      description: 'How many updates waited at Telegram when it was asked last, which is every ten minutes.',
    }),
    rate: Type.Integer({ description: 'Most messages a second.' }),
    allow_paid_broadcast: Type.Boolean({ description: 'Messages beyond 30 a second are paid for, in Stars.' }),
    status: Literals(['active', 'unauthorized'], {
      description: '`unauthorized`: Telegram does not accept the token any more.',
    }),
    created_at: Timestamp('When it was registered.'),
  },
  { $id: 'Bot', description: 'A bot of Telegram that you may send through.' },
)
export type BotView = Static<typeof Bot>

export const BotRemovalQuery = Type.Object(
  {
    force: Type.Optional(
      Type.Boolean({
        description:
          'Ends the connections through it, and what waits for them, instead of refusing while there are any.',
      }),
    ),
  },
  { additionalProperties: false },
)
