import { scopes } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const chatSharing = Literals(['refuse', 'move', 'share'], {
  description: 'What happens when a chat that belongs to one user is connected to another.',
})

const weight = Type.Integer({
  minimum: 1,
  maximum: 100,
  description: "The tenant's share of a shared bot's rate, next to the others'.",
})

export const NewTenant = Type.Object(
  { name: Name, chat_sharing: Type.Optional(chatSharing), weight: Type.Optional(weight) },
  { additionalProperties: false },
)

export const TenantChange = Type.Object(
  { name: Type.Optional(Name), chat_sharing: Type.Optional(chatSharing), weight: Type.Optional(weight) },
  { additionalProperties: false, minProperties: 1 },
)
export type TenantChange = Static<typeof TenantChange>
export type NewTenant = Static<typeof NewTenant>

export const Tenant = Type.Object({
  id: ShownId('ten'),
  name: Type.String(),
  status: Literals(['active', 'suspended']),
  chat_sharing: chatSharing,
  weight,
  created_at: Timestamp,
})

export const NewKey = Type.Object(
  {
    name: Name,
    scopes: Type.Array(Literals(scopes), { minItems: 1, uniqueItems: true, maxItems: scopes.length }),
    mode: Literals(['live', 'test'], { default: 'live' }),
    expires_at: Type.Optional(Timestamp),
  },
  { additionalProperties: false },
)
export type NewKey = Static<typeof NewKey>

const keyFields = {
  id: ShownId('key'),
  name: Type.String(),
  hint: Type.String({ description: 'The last four characters.' }),
  scopes: Type.Array(Type.String()),
  mode: Literals(['live', 'test']),
  expires_at: Nullable(Timestamp),
  revoked_at: Nullable(Timestamp),
  created_at: Timestamp,
}

export const Key = Type.Object(keyFields)
export const IssuedKey = Type.Object({ ...keyFields, key: Type.String({ description: 'Shown only once.' }) })

export const TenantParams = Type.Object({ id: GivenId })
export const AdminListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type AdminListQuery = Static<typeof AdminListQuery>
