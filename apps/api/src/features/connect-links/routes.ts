import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { runIdempotently } from '../../plugins/idempotency.js'
import { idempotencyHeaders } from '../../http/schemas.js'
import { abortSignal } from '../../http/abort-signal.js'
import { readId } from '../../http/ids.js'
import { waitFor } from '../../http/wait-for.js'
import { getConnectLink } from './get-connect-link.js'
import { issueConnectLink } from './issue-connect-link.js'
import { revokeConnectLink } from './revoke-connect-link.js'
import { ConnectLink, ConnectLinkParams, IssuedConnectLink, NewConnectLink, WaitQuery } from './schemas.js'

const tags = ['connect links']

export const connectLinkRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'links:write' },
      schema: {
        tags,
        summary: 'Issue a link',
        headers: idempotencyHeaders,
        body: NewConnectLink,
        response: { 201: IssuedConnectLink },
      },
    },
    async (request, reply) =>
      runIdempotently(request.tenant, request, reply, (ctx) => issueConnectLink(ctx, request.body), { isSecret: true }),
  )

  app.get(
    '/:id',
    {
      config: { scope: 'links:write' },
      schema: {
        tags,
        summary: 'Look at a link, or wait for its use',
        params: ConnectLinkParams,
        querystring: WaitQuery,
        response: { 200: ConnectLink },
      },
    },
    async (request, reply) => {
      const id = readId('lnk', request.params.id, 'connect link')
      return waitFor(
        () => getConnectLink(request.tenant, id),
        (link) => link.status !== 'pending',
        { seconds: request.query.wait, signal: abortSignal(reply) },
      )
    },
  )

  app.delete(
    '/:id',
    {
      config: { scope: 'links:write' },
      schema: {
        tags,
        summary: 'Revoke a link that nobody has used',
        params: ConnectLinkParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await revokeConnectLink(request.tenant, readId('lnk', request.params.id, 'connect link'))
      return reply.code(204).send(null)
    },
  )
}
