import { messageRefusals } from '../../messages/refusals.js'
import { route } from '../../route.js'
import { renderMessage } from './render-message.js'
import { Rendered, RenderRequest } from './schemas.js'

export const renderRoutes = [
  route({
    operation: 'renderMessage',
    scope: 'notifications:read',
    method: 'POST',
    url: '/v1/render',
    tag: 'notifications',
    summary: 'See what a message would look like, without sending it',
    body: RenderRequest,
    responses: { 200: Rendered },
    errors: [...messageRefusals, 'reply_target_unknown'],
    handler: ({ scope, body }) => renderMessage(scope, body),
  }),
]
