import Type, { type Static } from 'typebox'
import { JsonObject, Literals, Nullable, Timestamp } from '../../http/schemas.js'

export const UserErasure = Type.Object(
  {
    user_id: Type.String({
      description: 'Your own id of the user, as you gave it: it is kept no more once all is removed.',
    }),
    status: Literals(['erasing', 'erased'], { description: 'How far it is.' }),
    requested_at: Timestamp('When it was asked for.'),
    erased_at: Nullable(Timestamp('A time.'), { description: 'When everything was removed.' }),
    removed: Type.Record(Type.String(), Type.Integer(), { description: 'How much was removed, by what it was.' }),
  },
  { $id: 'UserErasure', description: 'A person who is erased, or was.' },
)
export type UserErasureView = Static<typeof UserErasure>

const rows = (description: string) => Type.Array(JsonObject(description), { description })

export const UserExport = Type.Object(
  {
    user: JsonObject('The user, with all connections.'),
    links: rows('Connect links.'),
    topics: Type.Array(Type.String(), { description: 'Topics that the user is subscribed to.' }),
    notifications: rows('Notifications to this user alone or among others, with their texts.'),
    deliveries: rows('What became of them in each chat.'),
    answers: rows('What was answered in the chats to questions among the notifications.'),
    events: rows('Everything that happened, and everything that the person wrote.'),
    is_complete: Type.Boolean({ description: 'Whether this answer is all of it.' }),
    earlier: Nullable(Type.String(), {
      description:
        'An answer has what is found in a moment, the latest first, and perhaps nothing yet: the `before` that asks for what was earlier; null once nothing was.',
    }),
  },
  { $id: 'UserExport', description: 'Everything that is held about a person.' },
)

export const UserExportQuery = Type.Object(
  { before: Type.Optional(Type.String({ maxLength: 1_000, description: 'The `earlier` of an answer.' })) },
  { additionalProperties: false },
)
