import Type, { type Static } from 'typebox'
import { GivenId } from '../../http/ids.js'
import { Literals, pageQuery, UserId } from '../../http/schemas.js'
import { connectionStatuses } from '../../views/connection.js'

export const ConnectionListQuery = Type.Object(
  {
    ...pageQuery,
    user_id: Type.Optional(UserId),
    bot_id: Type.Optional(GivenId('bot', 'Only connections on this bot.')),
    status: Type.Optional(Literals(connectionStatuses, { description: 'Only connections in this state.' })),
  },
  { additionalProperties: false },
)
export type ConnectionListQuery = Static<typeof ConnectionListQuery>
