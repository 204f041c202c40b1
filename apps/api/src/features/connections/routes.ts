import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { Empty, route } from '../../route.js'
import { Connection } from '../../views/connection.js'
import { disconnect } from './disconnect.js'
import { getConnection } from './get-connection.js'
import { listConnections } from './list-connections.js'
import { ConnectionListQuery } from './schemas.js'

const tag = 'connections'
const params = IdParams('con', 'connection')
const idOf = ({ id }: { id: string }): string => readId('con', id, 'connection')

export const connectionRoutes = [
  route({
    operation: 'listConnections',
    gate: 'searches',
    scope: 'connections:read',
    method: 'GET',
    url: '/v1/connections',
    tag,
    summary: 'List connections, newest first',
    query: ConnectionListQuery,
    responses: { 200: Page('ConnectionPage', Connection) },
    handler: ({ scope, query }) => listConnections(scope, query),
  }),
  route({
    operation: 'getConnection',
    scope: 'connections:read',
    method: 'GET',
    url: '/v1/connections/:id',
    tag,
    summary: 'Look at a connection',
    params,
    responses: { 200: Connection },
    handler: ({ scope, params }) => getConnection(scope, idOf(params)),
  }),
  route({
    operation: 'endConnection',
    scope: 'connections:write',
    method: 'DELETE',
    url: '/v1/connections/:id',
    tag,
    summary: 'Disconnect a chat from a user',
    description: 'What still waits for the connection fails. What was sent stays in the chat.',
    params,
    responses: { 204: Empty },
    handler: ({ scope, params }) => disconnect(scope, idOf(params)),
  }),
]
