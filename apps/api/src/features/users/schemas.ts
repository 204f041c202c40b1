import Type, { type Static } from 'typebox'
import { JsonObject, Locale, Metadata, Nullable, pageQuery, Timestamp, Timezone, UserId } from '../../http/schemas.js'
import { Connection } from '../../views/connection.js'

export const UserParams = Type.Object({ user_id: UserId })

const given = {
  attributes: Type.Optional(Metadata),
  locale: Type.Optional(Nullable(Locale, { description: 'A language tag (BCP 47); null for none.' })),
  timezone: Type.Optional(Nullable(Timezone, { description: 'A time zone (IANA); null for none.' })),
}

export const UserInput = Type.Object(given, {
  $id: 'UserInput',
  additionalProperties: false,
  description: 'All of a user: what is left out is empty afterwards.',
  examples: [{ attributes: { name: 'Ada' }, locale: 'en-GB', timezone: 'Europe/London' }],
})
export type UserInput = Static<typeof UserInput>

export const UserChange = Type.Object(given, {
  $id: 'UserChange',
  additionalProperties: false,
  minProperties: 1,
  description:
    'What is left out stays as it is. Attributes are merged one by one; one that is null goes (JSON Merge Patch, RFC 7396).',
  examples: [{ attributes: { plan: 'pro', trial: null } }],
})
export type UserChange = Static<typeof UserChange>

export const User = Type.Object(
  {
    user_id: UserId,
    attributes: JsonObject('What you keep of the user. Templates can use it.'),
    locale: Nullable(Type.String(), { description: 'The language of the user.' }),
    timezone: Nullable(Type.String(), { description: 'The time zone of the user.' }),
    created_at: Timestamp('Since when the user is known.'),
    updated_at: Timestamp('When something of the user changed last.'),
    connections: Type.Array(Connection, { description: 'The chats that the user has ever connected.' }),
  },
  { $id: 'User', description: 'One of your own end users.' },
)

export const UserListQuery = Type.Object(
  {
    ...pageQuery,
    connected: Type.Optional(Type.Boolean({ description: 'Only users with, or without, an active connection.' })),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: '^[^\\p{Cc}\\p{Cs}]+$',
        'x-form': 'must have printable characters only',
        description: 'Part of the user_id, letter by letter: no character of it has another meaning.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type UserListQuery = Static<typeof UserListQuery>
