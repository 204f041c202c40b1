import { assertScope } from '../../plugins/authenticate.js'
import { messageBytesMax } from '../../messages/schemas.js'
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
    bodyBytesMax: messageBytesMax,
    responses: { 200: Rendered },
    description:
      'A template needs a key with `templates:read`, and a user one with `users:read`: their content is shown.',
    errors: [...messageRefusals, 'reply_target_unknown'],
    handler: ({ scope, body }) => {
      if (body.template !== undefined) assertScope(scope.key, 'templates:read')
      if (body.user_id !== undefined) assertScope(scope.key, 'users:read')
      return renderMessage(scope, body)
    },
  }),
]
