import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, pageQuery, Timestamp } from '../../http/schemas.js'

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
  status: Literals(['active', 'unauthorized']),
  created_at: Timestamp,
})

export const BotParams = Type.Object({ id: GivenId })

export const BotListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type BotListQuery = Static<typeof BotListQuery>
