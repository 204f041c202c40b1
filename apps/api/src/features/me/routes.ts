import Type from 'typebox'
import { ShownId } from '../../http/ids.js'
import { route } from '../../route.js'
import { getMe } from './get-me.js'

const Me = Type.Object(
  {
    tenant: Type.Object(
      {
        id: ShownId('ten', 'The id of the tenant.'),
        name: Type.String({ description: 'Its name, which people see when they connect.' }),
      },
      { $id: 'MyTenant', description: 'Whose key it is.' },
    ),
    key: Type.Object(
      {
        id: ShownId('key', 'The id of the key.'),
        name: Type.String({ description: 'The name that it was given.' }),
        scopes: Type.Array(Type.String(), { description: 'What it may do.' }),
      },
      { $id: 'MyKey', description: 'The key that was sent.' },
    ),
  },
  { $id: 'Me', description: 'Who the caller is.' },
)

export const meRoutes = [
  route({
    operation: 'getMe',
    scope: 'any',
    method: 'GET',
    url: '/v1/me',
    tag: 'account',
    summary: 'See whose key you use, and what it may do',
    responses: { 200: Me },
    handler: ({ scope }) => getMe(scope),
  }),
]
