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
    errors: [
      'attachments_refused',
      'buttons_refused',
      'file_too_large',
      'file_unknown',
      'impossible_combination',
      'link_preview_refused',
      'markup_invalid',
      'message_too_long',
      'reply_target_unknown',
      'template_unknown',
      'template_unpublished',
      'text_empty',
      'variables_invalid',
    ],
    handler: ({ scope, body }) => renderMessage(scope, body),
  }),
]
