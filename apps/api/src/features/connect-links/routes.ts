import { revokeConnectLink } from '@tellwire/domain'
import { ApiError } from '../../errors.js'
import { answerOnce } from '../../http/answer.js'
import { IdParams, readId } from '../../http/ids.js'
import { Page } from '../../http/schemas.js'
import { lookOrWait } from '../../http/wait-query.js'
import { Empty, route } from '../../route.js'
import { getConnectFunnel } from './get-connect-funnel.js'
import { getConnectLink } from './get-connect-link.js'
import { issueShownLink } from './issue-shown-link.js'
import { listConnectLinks } from './list-connect-links.js'
import {
  ConnectFunnel,
  ConnectLink,
  ConnectLinkListQuery,
  FunnelQuery,
  IssuedConnectLink,
  LinkQuery,
  NewConnectLink,
} from './schemas.js'

const tag = 'connect links'
const params = IdParams('lnk', 'connect link')
const idOf = ({ id }: { id: string }): string => readId('lnk', id, 'connect link')

export const connectLinkRoutes = [
  route({
    operation: 'issueConnectLink',
    scope: 'links:write',
    method: 'POST',
    url: '/v1/connect-links',
    tag,
    summary: 'Issue a link',
    description: 'A user that is not known yet is created.',
    body: NewConnectLink,
    responses: { 201: IssuedConnectLink },
    isIdempotent: true,
    hasLocation: true,
    errors: ['conflict', 'limit_reached', 'not_found', 'bot_required', 'redirect_refused'],
    handler: ({ scope, body }) =>
      answerOnce(scope, (scope) => issueShownLink(scope, body), {
        status: 201,
        locationOf: ({ id }) => `/v1/connect-links/${id}`,
        isSecret: true,
      }),
  }),
  route({
    operation: 'listConnectLinks',
    gate: 'searches',
    scope: 'links:read',
    method: 'GET',
    url: '/v1/connect-links',
    tag,
    summary: 'List links, newest first',
    query: ConnectLinkListQuery,
    responses: { 200: Page('ConnectLinkPage', ConnectLink) },
    handler: ({ scope, query }) => listConnectLinks(scope, query),
  }),
  route({
    operation: 'getConnectFunnel',
    gate: 'searches',
    scope: 'links:read',
    method: 'GET',
    url: '/v1/connect-links/funnel',
    tag,
    summary: 'See how far people come who are to connect a chat',
    query: FunnelQuery,
    responses: { 200: ConnectFunnel },
    handler: ({ scope, query }) => getConnectFunnel(scope, query),
  }),
  route({
    operation: 'getConnectLink',
    scope: 'links:read',
    method: 'GET',
    url: '/v1/connect-links/:id',
    tag,
    summary: 'Look at a link, or wait for its use',
    params,
    query: LinkQuery,
    responses: { 200: ConnectLink },
    gate: 'none',
    handler: (call) => {
      const id = idOf(call.params)
      return lookOrWait(call, {
        id,
        waits: call.scope.waits.links,
        look: () => getConnectLink(call.scope, id),
        isOpen: ({ status }) => status === 'pending',
      })
    },
  }),
  route({
    operation: 'revokeConnectLink',
    scope: 'links:write',
    method: 'DELETE',
    url: '/v1/connect-links/:id',
    tag,
    summary: 'Revoke a link that nobody has used',
    params,
    responses: { 204: Empty },
    errors: ['conflict'],
    handler: async ({ scope, params }) => {
      const id = idOf(params)
      if (await revokeConnectLink(scope, id)) return
      const { status } = await getConnectLink(scope, id)
      throw new ApiError('conflict', `The link is already ${status}.`)
    },
  }),
]
