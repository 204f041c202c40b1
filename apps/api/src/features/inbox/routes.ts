import Type from 'typebox'
import { Answer } from '../../http/answer.js'
import { route } from '../../route.js'
import { openInboundFile } from './open-inbound-file.js'

const params = Type.Object({
  id: Type.String({ maxLength: 1_500, description: 'The `file.id` of an event.', examples: ['AQx0v1…'] }),
})
const Content = Type.Unsafe<unknown>({
  $id: 'InboundFileContent',
  type: 'string',
  format: 'binary',
  description: 'The file.',
})

export const inboxRoutes = [
  route({
    operation: 'getInboundFileContent',
    scope: 'inbox:read',
    method: 'GET',
    url: '/v1/inbound-files/:id/content',
    tag: 'inbox',
    summary: 'Get a file that a person sent',
    description: 'It comes from Telegram, which gives bots files of up to 20 MB; nothing of it is kept here.',
    params,
    responses: { 200: Content },
    answers: 'application/octet-stream',
    gate: 'telegram',
    errors: ['file_too_large', 'telegram_unavailable'],
    handler: async ({ scope, params, signal }) => {
      const { content, headers } = await openInboundFile(scope, params.id, signal())
      return new Answer(200, content, headers)
    },
  }),
]
