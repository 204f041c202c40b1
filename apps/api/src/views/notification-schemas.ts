import { deliveryStatuses, priorities } from '@tellwire/db'
import Type, { type Static } from 'typebox'
import { ShownId } from '../http/ids.js'
import { JsonObject, Literals, Nullable, Timestamp } from '../http/schemas.js'
import { Dedupe, formats, messageFields, Overflow } from '../messages/schemas.js'

export const notificationStatuses = ['scheduled', 'held', 'in_progress', 'settled'] as const
export type NotificationStatus = (typeof notificationStatuses)[number]

export const Status = Literals(notificationStatuses, {
  description:
    '`scheduled`: its time has not come. `held`: it waits for its user to connect. `in_progress`: something of it waits or is being sent. `settled`: all of it has ended.',
})

const Failure = Type.Object(
  {
    code: Type.String({ description: 'Why: stable, snake_case.' }),
    class: Type.String({ description: 'Whether it is about the `recipient`, the `message`, or nobody knows.' }),
    telegram_code: Type.Optional(Type.Integer({ description: "The code of Telegram's answer." })),
    telegram_description: Type.Optional(Type.String({ description: 'The words of Telegram.' })),
    at: Timestamp('When.'),
  },
  { $id: 'Failure', description: 'Why something failed.' },
)

const Edit = Type.Object(
  {
    type: Literals(['edit', 'delete'], { description: 'Whether it was changed or taken back.' }),
    status: Literals(['pending', 'done', 'failed'], { description: 'What became of it.' }),
    at: Timestamp('When that was.'),
    failure: Nullable(Failure, { description: 'Why it failed.' }),
  },
  { $id: 'Edit', description: 'What was last asked for of a message that was sent.' },
)

const TimelineEntry = Type.Object(
  {
    status: Type.String({ description: 'A status of the delivery, or `edited`, `deleted` or `edit_failed`.' }),
    at: Timestamp('Since when.'),
  },
  { $id: 'TimelineEntry', description: 'A step in the life of a delivery.' },
)

const Part = Type.Object(
  {
    status: Literals(['sent', 'unknown', 'failed', 'expired', 'cancelled'], {
      description: 'With the last three it ended here: what follows was not sent.',
    }),
    telegram_message_ids: Type.Array(Type.Integer(), { description: "Telegram's numbers of its messages." }),
  },
  { $id: 'DeliveryPart', description: 'A part of a message that takes several calls.' },
)
export type PartView = Static<typeof Part>

export const Delivery = Type.Object(
  {
    id: ShownId('dlv', 'The id of the delivery.'),
    connection_id: Nullable(ShownId('con', 'The connection.'), {
      description: 'The connection that it goes to; null while it waits for one.',
    }),
    user_id: Type.String({ description: 'Your own id of the user.' }),
    status: Literals(deliveryStatuses, {
      description:
        '`sent` means that Telegram took it: bots get no read receipts. `unknown`: it may have been sent, and is not repeated.',
    }),
    attempts: Type.Integer({ description: 'How many calls Telegram has answered.' }),
    parts: Type.Array(Part, {
      description: 'What became of each part that was tried, in order. An album is one part.',
    }),
    telegram_message_ids: Type.Array(Type.Integer(), { description: "Telegram's numbers of these messages." }),
    dropped: Type.Array(Type.String(), { description: 'What Telegram refused, so that the message went without it.' }),
    sent_at: Nullable(Timestamp('A time.'), { description: 'When Telegram took all of it.' }),
    edit: Nullable(Edit, { description: 'What was last asked for of it since.' }),
    failure: Nullable(Failure, { description: 'Why it failed.' }),
    timeline: Type.Array(TimelineEntry, { description: 'What has become of it, in order.' }),
  },
  { $id: 'Delivery', description: 'A notification on its way to one chat.' },
)
export type DeliveryView = Static<typeof Delivery>

export const Progress = Type.Object(
  {
    expected: Nullable(Type.Integer(), {
      description: 'How many deliveries there are; null while the audience is still being counted.',
    }),
    sent: Type.Integer({ description: 'Those that Telegram took.' }),
    failed: Type.Record(Type.String(), Type.Integer(), { description: 'Those that failed, by reason.' }),
    expired: Type.Integer({ description: 'Those whose time was over.' }),
    cancelled: Type.Integer({ description: 'Those that were cancelled.' }),
    unknown: Type.Integer({ description: 'Those that may have been sent.' }),
    remaining: Type.Integer({ description: 'Those that have not ended.' }),
    estimated_completion_at: Nullable(Timestamp('A time.'), {
      description: 'When the last of them ends, as far as it can be told now.',
    }),
  },
  { $id: 'Progress', description: 'What has become of the deliveries of a notification.' },
)

const { text: _text, format: _format, ...optional } = messageFields

const fields = {
  id: ShownId('ntf', 'The id of the notification.'),
  status: Status,
  to: JsonObject('To whom it goes, as it was posted.'),
  text: Type.String({ description: 'What it says; empty where it comes from a template.' }),
  format: Literals(formats, { description: 'What the text is written in.' }),
  ...optional,
  overflow: Overflow,
  reply_to: Nullable(Type.String(), { description: 'The notification, or the message of a person, that it answers.' }),
  thread_key: Type.Optional(Type.String({ description: 'Notifications of one thread share a message in each chat.' })),
  mode: Type.Optional(
    Literals(['replace', 'reply', 'append'], { description: "What becomes of the thread's message." }),
  ),
  priority: Literals(priorities, { description: 'Who leaves first.' }),
  send_at: Nullable(Timestamp('A time.'), { description: 'When it leaves, where it was scheduled.' }),
  expires_at: Nullable(Timestamp('A time.'), { description: 'What was not sent by then is not sent at all.' }),
  on_unknown: Literals(['resend', 'stop'], {
    description: 'What happens where nobody knows whether Telegram took it.',
  }),
  if_not_connected: Literals(['fail', 'hold'], { description: 'Whether users without a connection are waited for.' }),
  dedupe: Nullable(Dedupe, {
    description: 'Within the window a notification with the same key is answered with this one.',
  }),
  metadata: Nullable(JsonObject('What you gave along.'), { description: 'What you gave along.' }),
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'Deliveries by status.' }),
  request_id: Nullable(Type.String(), { description: 'The request that posted it.' }),
  paused: Type.Boolean({ description: 'Whether it is held back until it is resumed.' }),
  edited_at: Nullable(Timestamp('A time.'), { description: 'When it was changed last.' }),
  cancelled_at: Nullable(Timestamp('A time.'), { description: 'When it was cancelled.' }),
  created_at: Timestamp('When it was accepted.'),
}

export const NotificationSummary = Type.Object(fields, {
  $id: 'NotificationSummary',
  description: 'A message that you asked to send.',
})
export type NotificationSummaryView = Static<typeof NotificationSummary>

export const Notification = Type.Object(
  {
    ...fields,
    progress: Progress,
    deliveries: Type.Array(Delivery, {
      description: 'The first 500. All of them: GET /v1/notifications/{id}/deliveries.',
    }),
  },
  { $id: 'Notification', description: 'A message that you asked to send, with its deliveries.' },
)
