import { scopes } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { ShownId } from '../http/ids.js'
import { Literals, Name, Nullable, pageQuery, Timestamp } from '../http/schemas.js'

export const Networks = Type.Array(
  Type.String({ maxLength: 50, description: 'A network or an address.', examples: ['203.0.113.0/24'] }),
  { maxItems: 50, uniqueItems: true, description: 'The networks that the key may come from, as CIDR; none for any.' },
)

export const NewKey = Type.Object(
  {
    name: Name,
    scopes: Type.Array(Literals(scopes), {
      minItems: 1,
      uniqueItems: true,
      maxItems: scopes.length,
      description: 'What the key may do.',
    }),
    mode: Literals(['live'], { default: 'live', description: 'There is no other yet.' }),
    expires_at: Type.Optional(Timestamp('When the key ends by itself.')),
    networks: Type.Optional(Networks),
  },
  {
    $id: 'NewKey',
    additionalProperties: false,
    examples: [{ name: 'backend', scopes: ['links:write', 'notifications:write'] }],
  },
)
export type NewKey = Static<typeof NewKey>

export const KeyRotation = Type.Object(
  {
    overlap: Type.Integer({
      minimum: 0,
      maximum: 604_800,
      default: 86_400,
      description: 'How long the key that is replaced is still let in, in seconds.',
    }),
  },
  { $id: 'KeyRotation', additionalProperties: false, description: 'How a key is replaced.', examples: [{}] },
)

const keyFields = {
  id: ShownId('key', 'The id of the key.'),
  name: Type.String({ description: 'A name for people.' }),
  hint: Type.String({ description: 'The last four characters.' }),
  scopes: Type.Array(Type.String(), { description: 'What the key may do.' }),
  mode: Literals(['live', 'test'], { description: 'Keys for tests are let in nowhere yet.' }),
  networks: Networks,
  expires_at: Nullable(Timestamp('A time.'), { description: 'When the key ends by itself.' }),
  revoked_at: Nullable(Timestamp('A time.'), { description: 'When it was revoked.' }),
  last_used_at: Nullable(Timestamp('A time.'), { description: 'When it was last let in, to the minute.' }),
  created_at: Timestamp('When it was issued.'),
}

export const Key = Type.Object(keyFields, { $id: 'Key', description: 'An API key of a tenant.' })
export type KeyView = Static<typeof Key>
export const IssuedKey = Type.Object(
  { ...keyFields, key: Type.String({ description: 'The key itself. It is shown only once.' }) },
  { $id: 'IssuedKey', description: 'A new API key.' },
)

export const KeyListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type KeyListQuery = Static<typeof KeyListQuery>
