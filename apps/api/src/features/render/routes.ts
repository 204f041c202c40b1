import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { renderMessage } from './render-message.js'
import { Rendered, RenderRequest } from './schemas.js'

export const renderRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      config: { scope: 'notifications:read' },
      schema: {
        tags: ['notifications'],
        summary: 'See what a message would look like, without sending it',
        body: RenderRequest,
        response: { 200: Rendered },
      },
    },
    async (request) => renderMessage(request.tenant, request.body),
  )
}
