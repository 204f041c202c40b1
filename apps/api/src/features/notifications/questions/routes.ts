import { Answer, answerOnce, replayedHeader } from '../../../http/answer.js'
import { IdParams, readId } from '../../../http/ids.js'
import { Page } from '../../../http/schemas.js'
import { lookOrWait } from '../../../http/wait-query.js'
import { messageRefusals } from '../../../messages/refusals.js'
import { messageBytesMax } from '../../../messages/schemas.js'
import { route } from '../../../route.js'
import { askQuestion } from './ask-question.js'
import { cancelQuestion } from './cancel-question.js'
import { getQuestion } from './get-question.js'
import { listQuestions } from './list-questions.js'
import { NewQuestion, Question, QuestionListQuery, QuestionQuery } from './schemas.js'

const tag = 'questions'
const params = IdParams('qst', 'question')
const idOf = ({ id }: { id: string }): string => readId('qst', id, 'question')

export const questionRoutes = [
  route({
    operation: 'askQuestion',
    scope: 'questions:write',
    method: 'POST',
    url: '/v1/questions',
    tag,
    summary: 'Ask people, and wait for an answer',
    description:
      'Exactly one answer counts, however many people press at one moment, in however many chats; the messages in all of them then say which, and whose. The question is answered as it was asked, also to a repeated request.',
    body: NewQuestion,
    bodyBytesMax: messageBytesMax,
    responses: { 201: Question },
    isIdempotent: true,
    hasLocation: true,
    errors: [...messageRefusals, 'conflict', 'limit_reached', 'user_not_connected'],
    gate: 'none',
    handler: async ({ scope, body }) => {
      const { question, isReplayed } = await askQuestion(scope, body)
      return new Answer(201, question, { location: `/v1/questions/${question.id}`, ...replayedHeader(isReplayed) })
    },
  }),
  route({
    operation: 'listQuestions',
    gate: 'searches',
    scope: 'questions:read',
    method: 'GET',
    url: '/v1/questions',
    tag,
    summary: 'List questions, newest first',
    query: QuestionListQuery,
    responses: { 200: Page('QuestionPage', Question) },
    handler: ({ scope, query }) => listQuestions(scope, query),
  }),
  route({
    operation: 'getQuestion',
    scope: 'questions:read',
    method: 'GET',
    url: '/v1/questions/:id',
    tag,
    summary: 'Look at a question, or wait for its answer',
    params,
    query: QuestionQuery,
    responses: { 200: Question },
    gate: 'none',
    handler: (call) => {
      const id = idOf(call.params)
      return lookOrWait(call, {
        id,
        waits: call.scope.waits.questions,
        look: () => getQuestion(call.scope, id),
        isOpen: ({ status }) => status === 'open',
      })
    },
  }),
  route({
    operation: 'cancelQuestion',
    shows: 'questions:read',
    scope: 'questions:write',
    method: 'POST',
    url: '/v1/questions/:id/cancel',
    tag,
    summary: 'Take a question back',
    description: 'Its messages lose their buttons, and what was not sent yet is not sent.',
    params,
    responses: { 200: Question },
    isIdempotent: true,
    errors: ['conflict'],
    handler: ({ scope, params }) => answerOnce(scope, (scope) => cancelQuestion(scope, idOf(params)), { status: 200 }),
  }),
]
