import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { idempotencyHeaders, Literals, Metadata, Nullable, pageQuery, Timestamp, UserId } from '../../http/schemas.js'

export const NewNotification = Type.Object(
  {
    to: Type.Object(
      { user_id: Type.Optional(UserId), connection_id: Type.Optional(GivenId) },
      {
        additionalProperties: false,
        minProperties: 1,
        maxProperties: 1,
        description: "One of: `user_id` (all of the user's active connections) or `connection_id`.",
      },
    ),
    text: Type.String({
      minLength: 1,
      'x-max-bytes': 32_768,
      description: 'Up to 32 KiB, and 4096 characters once formatted.',
    }),
    format: Literals(['markdown', 'plain'], { default: 'markdown', description: '`markdown` is CommonMark.' }),
    priority: Literals(['high', 'normal', 'bulk'], { default: 'normal' }),
    metadata: Type.Optional(Metadata),
  },
  {
    additionalProperties: false,
    examples: [{ to: { user_id: 'u_42' }, text: '**Your order** has shipped: [track it](https://example.com/t/1)' }],
  },
)
export type NewNotification = Static<typeof NewNotification>

export const NotificationHeaders = Type.Object({
  ...idempotencyHeaders.properties,
  prefer: Type.Optional(
    Type.String({ maxLength: 200, description: '`wait=N` waits up to N ≤ 10 seconds for the final state.' }),
  ),
})

const notificationStatuses = ['in_progress', 'settled'] as const
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
  deliveries: Type.Integer({ description: 'To how many chats it goes.' }),
  links: Type.Object({ self: Type.String() }),
})
export type AcceptedNotification = Static<typeof AcceptedNotification>

const Failure = Type.Object({
  code: Type.String(),
  class: Type.String(),
  telegram_code: Type.Optional(Type.Integer()),
  telegram_description: Type.Optional(Type.String()),
  at: Type.String(),
})

const Delivery = Type.Object({
  id: ShownId('dlv'),
  connection_id: ShownId('con'),
  user_id: Type.String(),
  status: Literals(deliveryStatuses),
  attempts: Type.Integer(),
  telegram_message_ids: Type.Array(Type.Integer()),
  sent_at: Nullable(Timestamp),
  failure: Nullable(Failure),
})

const notificationFields = {
  id: ShownId('ntf'),
  status: Literals(notificationStatuses),
  to: Type.Record(Type.String(), Type.Unknown()),
  priority: Type.String(),
  format: Type.String(),
  text: Type.String(),
  metadata: Nullable(Type.Record(Type.String(), Type.Unknown())),
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'Deliveries by status.' }),
  created_at: Timestamp,
}

export const NotificationSummary = Type.Object(notificationFields)
export const Notification = Type.Object({ ...notificationFields, deliveries: Type.Array(Delivery) })

export const NotificationParams = Type.Object({ id: GivenId })

export const NotificationListQuery = Type.Object(
  {
    ...pageQuery,
    user_id: Type.Optional(UserId),
    status: Type.Optional(
      Literals([...notificationStatuses, ...deliveryStatuses], {
        description: "A notification's status, or one that a delivery of it has.",
      }),
    ),
    after: Type.Optional(Timestamp),
    before: Type.Optional(Timestamp),
  },
  { additionalProperties: false },
)
export type NotificationListQuery = Static<typeof NotificationListQuery>
