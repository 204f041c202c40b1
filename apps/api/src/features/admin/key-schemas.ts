import { adminScopes } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { Literals, Name, Nullable, Timestamp } from '../../http/schemas.js'
import { Networks } from '../../keys/schemas.js'

const scopes = Type.Array(Literals(adminScopes), {
  minItems: 1,
  uniqueItems: true,
  maxItems: adminScopes.length,
  description:
    'What the key may change: `read` nothing, `tenants` tenants and their keys, `bots` shared bots, `everything` also the keys of admins. It may look at everything.',
})

export const NewAdminKey = Type.Object(
  {
    name: Name,
    scopes,
    expires_at: Type.Optional(Timestamp('When the key ends by itself.')),
    networks: Type.Optional(Networks),
  },
  { $id: 'NewAdminKey', additionalProperties: false, examples: [{ name: 'dashboard', scopes: ['read'] }] },
)
export type NewAdminKey = Static<typeof NewAdminKey>

const fields = {
  id: ShownId('key', 'The id of the key.'),
  name: Type.String({ description: 'A name for people.' }),
  hint: Type.String({ description: 'The last four characters.' }),
  scopes: Type.Array(Type.String(), { description: 'What the key may change.' }),
  networks: Networks,
  expires_at: Nullable(Timestamp('A time.'), { description: 'When the key ends by itself.' }),
  revoked_at: Nullable(Timestamp('A time.'), { description: 'When it was revoked.' }),
  last_used_at: Nullable(Timestamp('A time.'), { description: 'When it was last let in, to the minute.' }),
  created_at: Timestamp('When it was issued.'),
}

export const AdminKey = Type.Object(fields, { $id: 'AdminKey', description: "An admin's key." })
export type AdminKeyView = Static<typeof AdminKey>
export const IssuedAdminKey = Type.Object(
  { ...fields, key: Type.String({ description: 'The key itself. It is shown only once.' }) },
  { $id: 'IssuedAdminKey', description: "A new key of an admin's." },
)
