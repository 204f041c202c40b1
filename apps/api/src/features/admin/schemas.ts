import { scopes } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { Literals, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

const Name = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '\\S',
  'x-form': 'must have a character that is not a space',
  description: 'A name for people.',
})
export const chatSharings = ['refuse', 'move', 'share'] as const
const chatSharing = Literals(chatSharings, {
  description: 'What happens when a chat that belongs to one user is connected to another.',
})

const weight = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: "The tenant's share of a shared bot's rate, next to the others'.",
})

export const NewTenant = Type.Object(
  { name: Name, chat_sharing: Type.Optional(chatSharing), weight: Type.Optional(weight) },
  { $id: 'NewTenant', additionalProperties: false, examples: [{ name: 'Acme' }] },
)

export const TenantChange = Type.Object(
  { name: Type.Optional(Name), chat_sharing: Type.Optional(chatSharing), weight: Type.Optional(weight) },
  { $id: 'TenantChange', additionalProperties: false, minProperties: 1, examples: [{ weight: 2 }] },
)
export type TenantChange = Static<typeof TenantChange>
export type NewTenant = Static<typeof NewTenant>

export const Tenant = Type.Object(
  {
    id: ShownId('ten', 'The id of the tenant.'),
    name: Type.String({ description: 'Its name, which people see when they connect.' }),
    status: Literals(['active', 'suspended'], { description: 'A suspended tenant sends nothing.' }),
    chat_sharing: chatSharing,
    weight,
    created_at: Timestamp('When it was made.'),
  },
  { $id: 'Tenant', description: 'One customer of the service.' },
)
export type TenantView = Static<typeof Tenant>

const Mode = Literals(['live', 'test'], { description: 'Kept for a test mode; both do the same.' })

export const NewKey = Type.Object(
  {
    name: Name,
    scopes: Type.Array(Literals(scopes), {
      minItems: 1,
      uniqueItems: true,
      maxItems: scopes.length,
      description: 'What the key may do.',
    }),
    mode: Literals(['live', 'test'], { default: 'live', description: 'Kept for a test mode; both do the same.' }),
    expires_at: Type.Optional(Timestamp('When the key ends by itself.')),
  },
  {
    $id: 'NewKey',
    additionalProperties: false,
    examples: [{ name: 'backend', scopes: ['links:write', 'notifications:write'] }],
  },
)
export type NewKey = Static<typeof NewKey>

const keyFields = {
  id: ShownId('key', 'The id of the key.'),
  name: Type.String({ description: 'A name for people.' }),
  hint: Type.String({ description: 'The last four characters.' }),
  scopes: Type.Array(Type.String(), { description: 'What the key may do.' }),
  mode: Mode,
  expires_at: Nullable(Timestamp('A time.'), { description: 'When the key ends by itself.' }),
  revoked_at: Nullable(Timestamp('A time.'), { description: 'When it was revoked.' }),
  created_at: Timestamp('When it was issued.'),
}

export const Key = Type.Object(keyFields, { $id: 'Key', description: 'An API key of a tenant.' })
export type KeyView = Static<typeof Key>
export const IssuedKey = Type.Object(
  { ...keyFields, key: Type.String({ description: 'The key itself. It is shown only once.' }) },
  { $id: 'IssuedKey', description: 'A new API key.' },
)

export const AdminListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type AdminListQuery = Static<typeof AdminListQuery>
