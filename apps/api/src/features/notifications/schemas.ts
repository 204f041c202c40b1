import { deliveryStatuses, priorities } from '@tellwire/db'
import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import {
  FieldProblem,
  Literals,
  Metadata,
  Nullable,
  pageQuery,
  Timestamp,
  TopicName,
  UserId,
} from '../../http/schemas.js'
import { Dedupe, hasContent, messageFields } from '../../messages/schemas.js'
import { notificationStatuses, Status } from '../../views/notification-schemas.js'
import { Reason } from '../../views/reason.js'

const usersMax = 500
const batchMax = 500

const Target = Type.Object(
  {
    user_id: Type.Optional(UserId),
    connection_id: Type.Optional(GivenId('con', 'One chat of a user.')),
    user_ids: Type.Optional(
      Type.Array(UserId, { minItems: 1, maxItems: usersMax, uniqueItems: true, description: 'Several users.' }),
    ),
    topic: Type.Optional(TopicName),
    everyone: Type.Optional(Type.Literal(true, { description: 'Every user with an active connection.' })),
  },
  {
    $id: 'Target',
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description:
      "One of: `user_id` (all of the user's active connections), `connection_id`, `user_ids` (up to 500), `topic`, or `everyone: true`.",
  },
)

export const NewNotification = Type.Object(
  {
    to: Target,
    ...messageFields,
    thread_key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Notifications of one thread share a message in each chat: see `mode`.',
      }),
    ),
    mode: Type.Optional(
      Literals(['replace', 'reply', 'append'], {
        description:
          "What becomes of the thread's message: `replace` (the default) edits it, `reply` answers it, `append` adds to it. One that can no longer be edited is answered.",
      }),
    ),
    draft: Type.Optional(
      Type.Boolean({
        description:
          'A state on the way, such as "deploying 3 of 7", of a thread: in a private chat in which the thread has no message yet it is a preview that goes with the next message, or half a minute later, and leaves nothing behind; elsewhere it edits the message of the thread. Text alone, cut to one message.',
      }),
    ),
    priority: Literals(priorities, {
      default: 'normal',
      description: 'A `high` one goes before everything else; four `normal` ones go for one `bulk`.',
    }),
    send_at: Type.Optional(Timestamp('When it leaves: up to a year ahead; a time in the past means now.')),
    expires_at: Type.Optional(Timestamp('What was not sent by then is not sent at all.')),
    ttl: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description: 'The same in seconds after `send_at`, or after now. Not together with `expires_at`.',
      }),
    ),
    on_unknown: Literals(['resend', 'stop', 'hold'], {
      default: 'resend',
      description:
        'When nobody knows whether Telegram took it: `resend` sends it again (it may arrive twice), `stop` ends it as `unknown` (it may not have arrived). `hold` is an older word for `stop`.',
    }),
    if_not_connected: Literals(['fail', 'hold'], {
      default: 'fail',
      description: '`hold` waits for a connection, until the notification expires.',
    }),
    dedupe: Type.Optional(Dedupe),
    metadata: Type.Optional(Metadata),
  },
  {
    $id: 'NewNotification',
    additionalProperties: false,
    ...hasContent,
    examples: [{ to: { user_id: 'u_42' }, text: '**Your order** has shipped: [track it](https://example.com/t/1)' }],
  },
)
export type NewNotification = Static<typeof NewNotification>

export const NewBatch = Type.Object(
  {
    notifications: Type.Array(
      // One that is malformed is told apart from the others, instead of spoiling the whole.
      Type.Unsafe<unknown>({ ...NewNotification, 'x-checked-apart': true }),
      { minItems: 1, maxItems: batchMax, description: 'What is to be sent.' },
    ),
    atomic: Type.Boolean({ default: false, description: 'All or none.' }),
  },
  {
    $id: 'NewBatch',
    additionalProperties: false,
    examples: [
      {
        notifications: [
          { to: { user_id: 'u_42' }, text: 'One' },
          { to: { user_id: 'u_43' }, text: 'Two' },
        ],
      },
    ],
  },
)
export type NewBatch = Static<typeof NewBatch>

export const NotificationHeaders = Type.Object({
  prefer: Type.Optional(
    Type.String({
      maxLength: 200,
      description: '`wait=N` waits up to N ≤ 10 seconds for the final state.',
      examples: ['wait=5'],
    }),
  ),
})

const Skipped = Type.Object(
  {
    user_id: Type.String({ description: 'Your own id of the user.' }),
    reason: Type.String({ description: 'Why the user is not reached.' }),
  },
  { $id: 'SkippedUser', description: 'A user of a list who is not reached.' },
)

const Links = Type.Object(
  { self: Type.String({ description: 'The path of the notification.' }) },
  { $id: 'NotificationLinks', description: 'Where to go on.' },
)

export const AcceptedNotification = Type.Object(
  {
    id: ShownId('ntf', 'The id of the notification.'),
    status: Status,
    deliveries: Nullable(Type.Integer(), {
      description: 'To how many chats it goes; null for a topic or everyone, whose audience is counted later.',
    }),
    skipped: Type.Optional(Type.Array(Skipped, { description: 'Of `user_ids`: who could not be reached.' })),
    deduplicated: Type.Optional(
      Type.Boolean({ description: 'This is an earlier notification with the same dedupe key.' }),
    ),
    counts: Type.Optional(
      Type.Record(Type.String(), Type.Integer(), { description: 'Where it was waited for: deliveries by status.' }),
    ),
    estimated_send_at: Nullable(Timestamp('A time.'), {
      description: 'When the first message leaves, as far as it can be told now.',
    }),
    links: Links,
  },
  { $id: 'AcceptedNotification', description: 'What is on disk, and will be sent.' },
)
export type AcceptedNotification = Static<typeof AcceptedNotification>

const BatchResult = Type.Object(
  {
    status: Literals(['accepted', 'refused'], { description: 'What became of it.' }),
    notification: Type.Optional(AcceptedNotification),
    error: Type.Optional(
      Type.Object(
        {
          code: Type.String({ description: 'Why: stable, snake_case, as of a problem document.' }),
          detail: Type.String({ description: 'The same for people.' }),
          errors: Type.Optional(Type.Array(FieldProblem, { description: 'The fields that are in the way.' })),
        },
        { $id: 'BatchError', description: 'Why one of a batch was not accepted.' },
      ),
    ),
  },
  { $id: 'BatchResult', description: 'What became of one of a batch.' },
)
export type BatchResult = Static<typeof BatchResult>

export const AcceptedBatch = Type.Object(
  {
    results: Type.Array(BatchResult, { description: 'In the order of the request.' }),
    accepted: Type.Integer({ description: 'How many were accepted.' }),
    refused: Type.Integer({ description: 'How many were not.' }),
  },
  { $id: 'AcceptedBatch', description: 'What became of each of a batch.' },
)
export type AcceptedBatch = Static<typeof AcceptedBatch>

export const NotificationListQuery = Type.Object(
  {
    ...pageQuery,
    user_id: Type.Optional(UserId),
    topic: Type.Optional(TopicName),
    reason: Type.Optional(Reason),
    status: Type.Optional(
      Literals([...new Set([...notificationStatuses, ...deliveryStatuses])], {
        description: "A notification's status, or one that a delivery of it has.",
      }),
    ),
    after: Type.Optional(Timestamp('Accepted at this time or later.')),
    before: Type.Optional(Timestamp('Accepted before this time.')),
  },
  { additionalProperties: false },
)
export type NotificationListQuery = Static<typeof NotificationListQuery>
