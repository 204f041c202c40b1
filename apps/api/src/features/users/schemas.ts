import Type, { type Static } from 'typebox'
import { Connection } from '../../http/connection.js'
import { Locale, Metadata, Nullable, pageQuery, Timestamp, Timezone, UserId } from '../../http/schemas.js'

export const UserParams = Type.Object({ user_id: Type.String({ maxLength: 1600 }) })

export const UserInput = Type.Object(
  {
    attributes: Type.Optional(Metadata),
    locale: Type.Optional(Nullable(Locale)),
    timezone: Type.Optional(Nullable(Timezone)),
  },
  { additionalProperties: false, description: 'What is left out stays as it is.' },
)
export type UserInput = Static<typeof UserInput>

export const User = Type.Object({
  user_id: UserId,
  attributes: Type.Record(Type.String(), Type.Unknown()),
  locale: Nullable(Type.String()),
  timezone: Nullable(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
  connections: Type.Array(Connection),
})

export const UserListQuery = Type.Object(
  {
    ...pageQuery,
    connected: Type.Optional(Type.Boolean({ description: 'Only users with, or without, an active connection.' })),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: '^[^\\p{Cc}\\p{Cs}]+$',
        description: 'Part of the user_id.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type UserListQuery = Static<typeof UserListQuery>
