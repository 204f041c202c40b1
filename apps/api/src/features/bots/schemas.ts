import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

export const NewBot = Type.Object(
  {
    token: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The bot's token, from @BotFather. It is never shown again.",
    }),
  },
  { additionalProperties: false },
)
export type NewBot = Static<typeof NewBot>

export const Bot = Type.Object({
  id: ShownId('bot'),
  username: Type.String(),
  display_name: Type.String(),
  telegram_id: Type.Integer(),
  mode: Literals(['polling', 'webhook'], {
    description: 'How Tellwire learns what people do: by long polling, or by webhook.',
  }),
  rate: Type.Integer({ description: 'Most messages a second.' }),
  allow_paid_broadcast: Type.Boolean({ description: 'Messages beyond 30 a second are paid for, in Stars.' }),
  status: Literals(['active', 'unauthorized']),
  created_at: Timestamp,
})

export const BotChange = Type.Object(
  {
    rate: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Most messages a second.' })),
    allow_paid_broadcast: Type.Optional(
      Type.Boolean({ description: 'Lets the bot send more than 30 a second, for 0.1 Star each beyond that.' }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type BotChange = Static<typeof BotChange>

const Waits = Type.Object({
  high: Nullable(Type.Integer()),
  normal: Nullable(Type.Integer()),
  bulk: Nullable(Type.Integer()),
})

export const BotCapacity = Type.Object({
  bot_id: ShownId('bot'),
  rate: Type.Integer({ description: 'Most messages a second.' }),
  present_rate: Type.Integer({
    description: 'Less than `rate` for a while after Telegram asked the bot to slow down.',
  }),
  paused_until: Nullable(Timestamp),
  parked_reason: Nullable(Type.String({ description: 'Why the bot sends nothing until somebody acts.' })),
  backlog: Type.Object({ high: Type.Integer(), normal: Type.Integer(), bulk: Type.Integer() }),
  expected_wait: Waits,
})

export const BotParams = Type.Object({ id: GivenId })

export const BotListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type BotListQuery = Static<typeof BotListQuery>
