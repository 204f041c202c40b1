import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { Nullable, pageQuery, Timestamp } from '../../http/schemas.js'
import { updateMode } from '../../bots/schemas.js'

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

const Waits = Type.Object(
  {
    high: Nullable(Type.Integer(), { description: 'Of `high`.' }),
    normal: Nullable(Type.Integer(), { description: 'Of `normal`.' }),
    bulk: Nullable(Type.Integer(), { description: 'Of `bulk`.' }),
  },
  {
    $id: 'ExpectedWait',
    description: 'In how many seconds something new would leave, by priority; null where nothing leaves.',
  },
)

export const BotCapacity = Type.Object(
  {
    bot_id: ShownId('bot', 'The bot.'),
    rate: Type.Integer({ description: 'Most messages a second.' }),
    present_rate: Type.Integer({
      description: 'Less than `rate` for a while after Telegram asked the bot to slow down.',
    }),
    paused_until: Nullable(Timestamp('A time.'), { description: 'Until when Telegram asked the bot to wait.' }),
    parked_reason: Nullable(Type.String(), { description: 'Why the bot sends nothing until somebody acts.' }),
    backlog: Type.Object(
      {
        high: Type.Integer({ description: 'Of `high`.' }),
        normal: Type.Integer({ description: 'Of `normal`.' }),
        bulk: Type.Integer({ description: 'Of `bulk`.' }),
      },
      { $id: 'Backlog', description: 'How many messages wait, by priority.' },
    ),
    expected_wait: Waits,
  },
  { $id: 'BotCapacity', description: 'How fast a bot sends, and what waits for it.' },
)

export const BotListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type BotListQuery = Static<typeof BotListQuery>

export const SharedBot = Type.Object(
  {
    id: ShownId('bot', 'The id of the bot.'),
    username: Type.String({ description: 'The name by which Telegram finds the bot.' }),
    display_name: Type.String({ description: 'What people see as its name.' }),
    is_used: Type.Boolean({ description: 'Whether you use it.' }),
  },
  { $id: 'SharedBot', description: 'A bot that the operator shares among tenants.' },
)
