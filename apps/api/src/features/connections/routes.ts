import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { GivenId, readId } from '../../http/ids.js'
import { disconnect } from './disconnect.js'

export const connectionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/:id',
    {
      config: { scope: 'users:write' },
      schema: {
        tags: ['connections'],
        summary: 'Disconnect a chat from a user',
        params: Type.Object({ id: GivenId }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await disconnect(request.tenant, readId('con', request.params.id, 'connection'))
      return reply.code(204).send(null)
    },
  )
}
