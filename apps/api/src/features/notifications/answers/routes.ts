import { Answer, replayedHeader } from '../../../http/answer.js'
import { IdParams, readId } from '../../../http/ids.js'
import { messageRefusals } from '../../../messages/refusals.js'
import { messageBytesMax } from '../../../messages/schemas.js'
import { route } from '../../../route.js'
import { AcceptedNotification } from '../schemas.js'
import { showAcceptance } from '../show-acceptance.js'
import { answerChat } from './answer-chat.js'
import { NewAnswer } from './schemas.js'

export const answerRoutes = [
  route({
    operation: 'answerChat',
    scope: 'inbox:write',
    method: 'POST',
    url: '/v1/chats/:id/messages',
    tag: 'inbox',
    summary: 'Answer in a chat',
    description:
      'The answer is a notification to the one chat, of high priority. It stands in the inbox beside what it answers.',
    params: IdParams('con', 'connection'),
    body: NewAnswer,
    bodyBytesMax: messageBytesMax,
    responses: { 202: AcceptedNotification },
    isIdempotent: true,
    hasLocation: true,
    errors: [...messageRefusals, 'conflict', 'limit_reached', 'reply_target_unknown', 'user_not_connected'],
    gate: 'none',
    handler: async ({ scope, params, body }) => {
      const accepted = await answerChat(scope, readId('con', params.id, 'chat'), body)
      const view = showAcceptance(accepted)
      return new Answer(202, view, { location: view.links.self, ...replayedHeader(accepted.isReplayed) })
    },
  }),
]
