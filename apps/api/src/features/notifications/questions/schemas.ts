import { buttonStyles, eventCatalogue, questionStatuses, questionTextMax, quorums } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../../http/ids.js'
import { Literals, Nullable, pageQuery, Timestamp, UserId } from '../../../http/schemas.js'
import { WaitQuery } from '../../../http/wait-query.js'
import { Format } from '../../../messages/schemas.js'

const OptionId = Type.String({ minLength: 1, maxLength: 64, description: 'Your own id of the option.' })

const QuestionOption = Type.Object(
  {
    id: OptionId,
    text: Type.String({ minLength: 1, maxLength: 64, description: 'What its button says.' }),
    style: Type.Optional(Literals(buttonStyles, { description: 'The colour of its button.' })),
  },
  { $id: 'QuestionOption', additionalProperties: false, description: 'An answer that can be chosen.' },
)

const FreeText = Type.Object(
  {
    placeholder: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'Stands where the answer is to be written.' }),
    ),
  },
  {
    $id: 'FreeText',
    additionalProperties: false,
    description: 'The person writes the answer: the app opens a reply to the question, and only a reply to it counts.',
  },
)

const QuestionTarget = Type.Object(
  {
    user_id: Type.Optional(UserId),
    connection_id: Type.Optional(GivenId('con', 'One chat of a user.')),
    user_ids: Type.Optional(
      Type.Array(UserId, { minItems: 1, maxItems: 500, uniqueItems: true, description: 'Several users.' }),
    ),
  },
  {
    $id: 'QuestionTarget',
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: "One of: `user_id` (all of the user's active connections), `connection_id`, or `user_ids`.",
  },
)

const Quorum = Literals(quorums, {
  default: 'first',
  description:
    '`first`: the first answer counts. `all`: one of each chat, and the question ends with the last of them, or as failed when one of them can answer no more.',
})

export const NewQuestion = Type.Object(
  {
    to: QuestionTarget,
    text: Type.String({
      minLength: 1,
      maxLength: questionTextMax,
      description: 'The question, short enough for its outcome to stand below it.',
    }),
    format: Format,
    options: Type.Optional(
      Type.Array(QuestionOption, {
        minItems: 1,
        maxItems: 20,
        description: 'The answers to choose from, each with an id and a text of its own.',
      }),
    ),
    free_text: Type.Optional(FreeText),
    expires_in: Type.Integer({
      minimum: 5,
      maximum: 2_592_000,
      default: 86_400,
      description: 'Seconds until it can no longer be answered.',
    }),
    default: Type.Optional(OptionId),
    quorum: Quorum,
  },
  {
    $id: 'NewQuestion',
    additionalProperties: false,
    description:
      'It has either `options` or `free_text`. `default` is the option that counts where nobody answers in time.',
    examples: [
      {
        to: { user_id: 'u_42' },
        text: 'Deploy **3.2** to production?',
        options: [
          { id: 'yes', text: 'Deploy', style: 'success' },
          { id: 'no', text: 'Not now' },
        ],
        expires_in: 600,
        default: 'no',
      },
    ],
  },
)
export type NewQuestion = Static<typeof NewQuestion>

const Answer = Type.Object(
  {
    option: Nullable(Type.String(), { description: 'The id of the option; null where the answer was written.' }),
    text: Nullable(Type.String(), { description: 'The text of the option, or what was written.' }),
    user_id: Type.String({ description: 'Whose chat it came from.' }),
    connection_id: ShownId('con', 'The chat that it came from.'),
    answered_at: Timestamp('When it was given.'),
    from: eventCatalogue['message.received'].properties.from,
  },
  { $id: 'QuestionAnswer', description: 'An answer that counts.' },
)

export const Question = Type.Object(
  {
    id: ShownId('qst', 'The question.'),
    status: Literals(questionStatuses, {
      description:
        '`failed`: nobody can answer any more, as it reached nobody or its chats are gone, or, where everybody is to answer, one of them cannot; see `failure`. `expired`: see `default`.',
    }),
    notification_id: ShownId('ntf', 'The notification that asks it, with its deliveries.'),
    quorum: Quorum,
    default: Nullable(Type.String(), { description: 'The option that counts where nobody answers in time.' }),
    answer: Nullable(Answer, { description: 'The first answer that counts; null while there is none.' }),
    answers: Type.Array(Answer, {
      description:
        'All answers that count, the first first. Of a question that not everybody has answered who is to, those that were given.',
    }),
    failure: Nullable(Type.String(), { description: 'Why nobody can answer any more, such as `recipient_blocked`.' }),
    expires_at: Timestamp('When it can no longer be answered.'),
    created_at: Timestamp('When it was asked.'),
    ended_at: Nullable(Timestamp('When it ended.'), { description: 'When it ended; null while it is open.' }),
  },
  { $id: 'Question' },
)
export type QuestionView = Static<typeof Question>

export const QuestionQuery = WaitQuery('Seconds to wait for the end of it.')

export const QuestionListQuery = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(Literals(questionStatuses, { description: 'Only questions in this state.' })),
  },
  { additionalProperties: false },
)
export type QuestionListQuery = Static<typeof QuestionListQuery>
