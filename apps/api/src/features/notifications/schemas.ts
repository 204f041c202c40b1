import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import {
  idempotencyHeaders,
  Literals,
  Metadata,
  Nullable,
  pageQuery,
  Timestamp,
  TopicName,
  UserId,
} from '../../http/schemas.js'
import { Buttons, formats, hasContent, messageFields } from '../../messages/schemas.js'

const usersMax = 500

/** The code of a failure. */
const Reason = Type.String({ pattern: '^[a-z_]{1,64}$', examples: ['recipient_blocked'] })

const Target = Type.Object(
  {
    user_id: Type.Optional(UserId),
    connection_id: Type.Optional(GivenId),
    user_ids: Type.Optional(Type.Array(UserId, { minItems: 1, maxItems: usersMax, uniqueItems: true })),
    topic: Type.Optional(TopicName),
    everyone: Type.Optional(Type.Literal(true)),
  },
  {
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
    priority: Literals(['high', 'normal', 'bulk'], {
      default: 'normal',
      description: 'A `high` one goes before everything else; four `normal` ones go for one `bulk`.',
    }),
    send_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'Up to a year ahead; a time in the past means now.' }),
    ),
    expires_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'What was not sent by then is not sent at all.' }),
    ),
    ttl: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 31_536_000,
        description: 'The same in seconds after `send_at`, or after now. Not together with `expires_at`.',
      }),
    ),
    on_unknown: Literals(['resend', 'hold'], {
      default: 'resend',
      description:
        'When nobody knows whether Telegram took it: send it again (it may arrive twice), or end it as `unknown` (it may not have arrived).',
    }),
    if_not_connected: Literals(['fail', 'hold'], {
      default: 'fail',
      description: '`hold` waits for a connection, until the notification expires.',
    }),
    dedupe: Type.Optional(
      Type.Object(
        {
          key: Type.String({ minLength: 1, maxLength: 255 }),
          window: Type.Integer({ minimum: 1, maximum: 2_592_000, description: 'Seconds, up to 30 days.' }),
        },
        {
          additionalProperties: false,
          description: 'Within the window a notification with the same key is answered with the earlier one.',
        },
      ),
    ),
    metadata: Type.Optional(Metadata),
  },
  {
    additionalProperties: false,
    ...hasContent,
    examples: [{ to: { user_id: 'u_42' }, text: '**Your order** has shipped: [track it](https://example.com/t/1)' }],
  },
)
export type NewNotification = Static<typeof NewNotification>

export const NewBatch = Type.Object(
  {
    notifications: Type.Array(NewNotification, { minItems: 1, maxItems: 500 }),
    atomic: Type.Boolean({ default: false, description: 'All or none.' }),
  },
  { additionalProperties: false },
)
export type NewBatch = Static<typeof NewBatch>

export const NotificationHeaders = Type.Object({
  ...idempotencyHeaders.properties,
  prefer: Type.Optional(
    Type.String({ maxLength: 200, description: '`wait=N` waits up to N ≤ 10 seconds for the final state.' }),
  ),
})

const notificationStatuses = ['scheduled', 'held', 'in_progress', 'settled'] as const
export type NotificationStatus = (typeof notificationStatuses)[number]
const deliveryStatuses = [
  'scheduled',
  'queued',
  'sending',
  'sent',
  'failed',
  'expired',
  'cancelled',
  'unknown',
  'held',
] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

export const AcceptedNotification = Type.Object({
  id: ShownId('ntf'),
  status: Literals(notificationStatuses),
  deliveries: Nullable(
    Type.Integer({
      description: 'To how many chats it goes; null for a topic or everyone, whose audience is counted later.',
    }),
  ),
  skipped: Type.Optional(
    Type.Array(Type.Object({ user_id: Type.String(), reason: Type.String() }), {
      description: 'Of `user_ids`: who could not be reached.',
    }),
  ),
  deduplicated: Type.Optional(
    Type.Boolean({ description: 'This is an earlier notification with the same dedupe key.' }),
  ),
  estimated_send_at: Nullable(
    Type.String({ format: 'date-time', description: 'When the first message leaves, as far as it can be told now.' }),
  ),
  links: Type.Object({ self: Type.String() }),
})
export type AcceptedNotification = Static<typeof AcceptedNotification>

const BatchResult = Type.Object({
  status: Literals(['accepted', 'refused']),
  notification: Type.Optional(AcceptedNotification),
  error: Type.Optional(
    Type.Object({
      code: Type.String(),
      detail: Type.String(),
      errors: Type.Optional(
        Type.Array(Type.Object({ pointer: Type.String(), code: Type.String(), detail: Type.String() })),
      ),
    }),
  ),
})
export type BatchResult = Static<typeof BatchResult>

export const AcceptedBatch = Type.Object({
  results: Type.Array(BatchResult, { description: 'In the order of the request.' }),
  accepted: Type.Integer(),
  refused: Type.Integer(),
})
export type AcceptedBatch = Static<typeof AcceptedBatch>

const Failure = Type.Object({
  code: Type.String(),
  class: Type.String(),
  telegram_code: Type.Optional(Type.Integer()),
  telegram_description: Type.Optional(Type.String()),
  at: Type.String(),
})

export const Delivery = Type.Object({
  id: ShownId('dlv'),
  connection_id: Nullable(ShownId('con')),
  user_id: Type.String(),
  status: Literals(deliveryStatuses),
  attempts: Type.Integer(),
  telegram_message_ids: Type.Array(Type.Integer()),
  sent_at: Nullable(Timestamp),
  degraded: Type.Boolean({ description: 'Telegram refused the formatting, so the text went without.' }),
  dropped: Type.Array(Type.String(), { description: 'What Telegram refused, so that the message went without it.' }),
  change: Nullable(
    Type.Object({
      type: Literals(['edit', 'delete']),
      status: Literals(['pending', 'done', 'failed']),
      at: Type.String(),
      failure: Nullable(Failure),
    }),
  ),
  failure: Nullable(Failure),
})

const Progress = Type.Object({
  expected: Nullable(Type.Integer({ description: 'Null while the audience is still being counted.' })),
  sent: Type.Integer(),
  failed: Type.Record(Type.String(), Type.Integer(), { description: 'By reason.' }),
  expired: Type.Integer(),
  cancelled: Type.Integer(),
  unknown: Type.Integer(),
  remaining: Type.Integer(),
  estimated_completion_at: Nullable(Timestamp),
})

const notificationFields = {
  id: ShownId('ntf'),
  status: Literals(notificationStatuses),
  to: Type.Record(Type.String(), Type.Unknown()),
  priority: Type.String(),
  format: Type.String(),
  text: Type.String(),
  message: Type.Record(Type.String(), Type.Unknown(), { description: 'What the message has besides its text.' }),
  edited_at: Nullable(Timestamp),
  metadata: Nullable(Type.Record(Type.String(), Type.Unknown())),
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'Deliveries by status.' }),
  on_unknown: Type.String(),
  send_at: Nullable(Timestamp),
  expires_at: Nullable(Timestamp),
  paused: Type.Boolean(),
  cancelled_at: Nullable(Timestamp),
  created_at: Timestamp,
}

export const NotificationSummary = Type.Object(notificationFields)
export const Notification = Type.Object({
  ...notificationFields,
  progress: Progress,
  deliveries: Type.Array(Delivery, {
    description: 'The first 500. All of them: GET /v1/notifications/{id}/deliveries.',
  }),
})

export type DeliveryChange = NonNullable<Static<typeof Delivery>['change']>

export const DeliveryListQuery = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(Literals(deliveryStatuses)),
    reason: Type.Optional(Reason),
  },
  { additionalProperties: false },
)
export type DeliveryListQuery = Static<typeof DeliveryListQuery>

export const Reschedule = Type.Object(
  { send_at: Type.String({ format: 'date-time', description: 'Up to a year ahead; a time in the past means now.' }) },
  { additionalProperties: false },
)

export const NotificationChange = Type.Object(
  {
    text: messageFields.text,
    format: Type.Optional(Literals(formats)),
    template: messageFields.template,
    buttons: Type.Optional(Nullable(Buttons)),
    attachments: messageFields.attachments,
    link_preview: messageFields.link_preview,
    overflow: messageFields.overflow,
  },
  {
    additionalProperties: false,
    minProperties: 1,
    description: 'What is not given stays as it is.',
    examples: [{ text: 'Your order has **arrived**.' }],
  },
)
export type NotificationChange = Static<typeof NotificationChange>

export const Changing = Type.Object({
  id: ShownId('ntf'),
  editing: Type.Integer({
    description: 'Messages in chats that are being edited; what was not sent is changed already.',
  }),
})

export const Deleting = Type.Object({
  id: ShownId('ntf'),
  deleting: Type.Integer({ description: 'Deliveries whose messages are being taken back.' }),
  too_old: Type.Integer({ description: 'Those that were sent more than 48 hours ago, which Telegram keeps.' }),
})

export const Cancellation = Type.Object({
  id: ShownId('ntf'),
  status: Literals(notificationStatuses),
  cancelled: Type.Integer({ description: 'Deliveries that will not go out.' }),
  sent: Type.Integer({ description: 'What had already gone.' }),
  in_flight: Type.Integer({ description: 'What is being sent at this moment and may arrive.' }),
})

const ReplayFilter = Type.Object(
  {
    notification_id: Type.Optional(GivenId),
    delivery_id: Type.Optional(GivenId),
    user_id: Type.Optional(UserId),
    reason: Type.Optional(Reason),
    after: Type.Optional(Timestamp),
    before: Type.Optional(Timestamp),
  },
  { additionalProperties: false, minProperties: 1 },
)
export const Replay = Type.Object(
  { filter: ReplayFilter, dry_run: Type.Boolean({ default: false }) },
  { additionalProperties: false, examples: [{ filter: { reason: 'telegram_unavailable' }, dry_run: true }] },
)
export type Replay = Static<typeof Replay>

export const ReplayResult = Type.Object({
  matched: Type.Integer({ description: 'Failed deliveries that the filter fits.' }),
  replayable: Type.Integer({ description: 'Those of them whose connection is active.' }),
  replayed: Type.Integer({ description: 'Those that were put back into their lanes; 0 in a dry run.' }),
  has_more: Type.Boolean({ description: 'Ask again for the rest.' }),
})

export const NotificationParams = Type.Object({ id: GivenId })

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
    after: Type.Optional(Timestamp),
    before: Type.Optional(Timestamp),
  },
  { additionalProperties: false },
)
export type NotificationListQuery = Static<typeof NotificationListQuery>
