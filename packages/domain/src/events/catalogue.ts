import type { EventType } from '@tellwire/db'
import Type, { type TObject, type TSchema } from 'typebox'

/** The kinds of things that an event's ids stand for, which are the prefixes of their TypeIDs. */
export const eventIdKinds = ['ntf', 'dlv', 'con', 'lnk', 'bot', 'whk', 'qst'] as const
export type EventIdKind = (typeof eventIdKinds)[number]

/** An id: a UUID where the event is stored, shown as a TypeID of this kind. */
const Id = (kind: EventIdKind, description: string) => Type.String({ format: 'uuid', 'x-id-kind': kind, description })

const UserId = Type.String({ description: "The tenant's own id of the user." })
const notification = { notification_id: Id('ntf', 'The notification.') }
const delivery = { ...notification, delivery_id: Id('dlv', 'The delivery: the notification on its way to one chat.') }
const connection = { user_id: UserId, connection_id: Id('con', 'The connection of the user to a chat.') }
const ended = { ...connection, reason: Type.String({ description: 'What happened, such as `person_stopped`.' }) }
const bot = { bot_id: Id('bot', 'The bot.') }
const webhook = { webhook_id: Id('whk', 'The webhook.') }
const lastError = Type.Union([Type.String(), Type.Null()], { description: 'Why the last request failed.' })

const question = { question_id: Id('qst', 'The question.') }

const orNull = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Union([schema, Type.Null()], { description })

const place = {
  ...connection,
  chat_type: Type.String({ description: '`private`, `group` or `supergroup`.' }),
  message_id: Type.Integer({ description: "Telegram's number of the message in the chat." }),
}

const from = orNull(
  Type.Object(
    {
      id: Type.String({ description: "Telegram's id of the person." }),
      name: Type.String({ description: 'The name.' }),
      username: orNull(Type.String(), 'The name in Telegram, if there is one.'),
      language_code: orNull(Type.String(), "The language of the person's app."),
    },
    { $id: 'PersonInChat', description: 'A person, as Telegram shows it.' },
  ),
  'Who it was.',
)

const message = {
  ...place,
  content_type: Type.String({
    description: 'Such as `text`, `photo`, `document`, `voice`, `video`, `audio`, `sticker`, `location` or `contact`.',
  }),
  text: orNull(Type.String(), 'What was written, under a picture too.'),
  file: orNull(
    Type.Object(
      {
        id: Type.String({ description: 'For GET /v1/inbound-files/{id}/content.' }),
        name: orNull(Type.String(), 'Its name.'),
        mime_type: orNull(Type.String(), 'Its type.'),
        size: orNull(Type.Integer(), 'In bytes.'),
      },
      { $id: 'InboundFile', description: 'A file that a person sent.' },
    ),
    'The file that was sent.',
  ),
  content: orNull(
    Type.Record(Type.String(), Type.Unknown()),
    'Of a location, a contact and the like: as Telegram has it.',
  ),
  from,
  reply_to_message_id: orNull(Type.Integer(), 'The number of the message that it answers.'),
  reply_to_notification_id: orNull(
    Id('ntf', 'A notification.'),
    'The notification that it answers, where it answers one.',
  ),
  sent_at: Type.String({ format: 'date-time', description: 'When it was sent.' }),
}

const event = (description: string, fields: Record<string, ReturnType<typeof Type.String>>) =>
  Type.Object(fields, { additionalProperties: false, description })

/** Every type of event, with what it says. An event is written in the transaction of what happened. */
export const eventCatalogue = {
  'notification.accepted': event('A notification was accepted.', notification),
  'notification.sent': event('Telegram took all of a delivery.', delivery),
  'notification.failed': event('A delivery failed for good.', delivery),
  'notification.expired': event('The time of a delivery was over before it was sent.', delivery),
  'notification.cancelled': event('A delivery was cancelled before it was sent.', delivery),
  'notification.unknown': event('A delivery may have been sent; nobody knows, and it is not repeated.', delivery),
  'notification.degraded': event('Telegram refused a part of a message, which went without it.', {
    ...delivery,
    dropped: Type.String({
      description:
        'What the message goes without, such as `formatting` or `attachments/0`; `formatting/1` and `rich/1` are from the second of several messages on.',
    }),
    reason: Type.String({ description: 'Why, such as `media_unreachable`.' }),
    description: Type.String({ description: "Telegram's own words; empty where it was not asked." }),
  }),
  'notification.edited': event('A message that was sent was changed in its chat.', delivery),
  'notification.deleted': event('A message that was sent was taken back from its chat.', delivery),
  'notification.edit_failed': event('A message that was sent could not be changed or taken back.', delivery),
  'broadcast.completed': event('All deliveries of a notification to a topic or to everyone have ended.', notification),
  'user.connected': event('A user connected a chat.', {
    ...connection,
    connect_link_id: Id('lnk', 'The link that was used.'),
  }),
  'user.disconnected': event('A connection ended.', ended),
  'user.blocked': event('A person blocked the bot.', ended),
  'user.unblocked': event('A person may be written to again.', connection),
  'user.migrated': Type.Object(
    {
      ...connection,
      chat_id: Type.Integer({ description: "Telegram's id of the chat from now on." }),
    },
    { additionalProperties: false, description: 'A group became a supergroup and has another id.' },
  ),
  'chat.promoted': event('The bot became an administrator of a connected group or channel.', connection),
  'chat.demoted': event('The bot is an administrator of a connected group or channel no more.', connection),
  'link.used': event('A connect link was used up.', { ...connection, connect_link_id: Id('lnk', 'The link.') }),
  'link.refused': event('A connect link was opened, and did not connect.', {
    connect_link_id: Id('lnk', 'The link.'),
    user_id: UserId,
    reason: Type.String({ description: 'Why, such as `wrong_chat`, `taken`, `declined` or `wrong_number`.' }),
  }),
  'link.conflict': Type.Object(
    {
      connect_link_id: Id('lnk', 'The link.'),
      user_id: UserId,
      other_user_ids: Type.Array(Type.String(), { description: 'Those to whom the chat belonged already.' }),
      policy: Type.String({ description: 'What happens then: `refuse`, `move` or `share`.' }),
    },
    { additionalProperties: false, description: 'A link was opened in a chat that belongs to another user.' },
  ),
  'button.pressed': Type.Object(
    {
      ...delivery,
      connection_id: orNull(Id('con', 'The connection of the user to the chat.'), 'Where it was pressed.'),
      user_id: UserId,
      action: Type.String({ description: "The button's `action`." }),
      value: Type.Unknown({ description: "The button's `value`." }),
      pressed_by: Type.String({ description: "Telegram's id of the person." }),
      from,
    },
    { additionalProperties: false, description: 'A person pressed a button of a message.' },
  ),
  'message.received': Type.Object(message, {
    additionalProperties: false,
    description: 'Somebody wrote or sent something in a connected chat.',
  }),
  'command.received': Type.Object(
    {
      ...message,
      command: Type.String({ description: 'The command, in small letters and without its slash.' }),
      argument: Type.String({ description: 'What follows it.' }),
    },
    { additionalProperties: false, description: 'Somebody sent a command that is not ours in a connected chat.' },
  ),
  'reaction.changed': Type.Object(
    {
      ...place,
      reactions: Type.Array(Type.String(), {
        description: 'All reactions of the person to the message: emoji, numbers of custom emoji, or `paid`.',
      }),
      previous_reactions: Type.Array(Type.String(), { description: 'Those of before.' }),
      from,
    },
    {
      additionalProperties: false,
      description:
        'Somebody reacted to a message in a connected chat, or took that back. Telegram tells it of private chats, and of groups in which the bot is an administrator.',
    },
  ),
  'question.answered': Type.Object(
    {
      ...question,
      answers: Type.Array(
        Type.Object({
          option: orNull(Type.String(), 'The option that was chosen.'),
          text: orNull(Type.String(), 'Its text, or what was written.'),
          user_id: UserId,
          connection_id: Id('con', 'The connection that it came from.'),
          answered_at: Type.String({ format: 'date-time', description: 'When it was given.' }),
          from,
        }),
        { description: 'The answer that counts; of everybody where everybody was to answer.' },
      ),
    },
    { additionalProperties: false, description: 'A question was answered.' },
  ),
  'question.expired': Type.Object(
    { ...question, default: orNull(Type.String(), 'The option that counts then.') },
    { additionalProperties: false, description: 'The time of a question was over before it was answered.' },
  ),
  'question.cancelled': event('A question was taken back.', question),
  'question.failed': event('Nobody can answer a question any more.', {
    ...question,
    reason: Type.String({ description: 'Why, such as `recipient_blocked`.' }),
  }),
  'bot.unauthorized': event('Telegram does not accept the token of a bot any more.', bot),
  'bot.webhook_failing': event('Telegram does not reach the webhook of a bot.', {
    ...bot,
    description: Type.String({ description: "Telegram's own words." }),
  }),
  'bot.webhook_restored': event('Telegram reaches the webhook of a bot again.', bot),
  'bot.restored': event('Telegram takes messages of a bot again.', bot),
  'webhook.disabled': Type.Object(
    {
      ...webhook,
      reason: Type.String({ description: '`gone`: it answered 410; `failing`: it took nothing for five days.' }),
      last_error: lastError,
    },
    { additionalProperties: false, description: 'A webhook is sent nothing any more.' },
  ),
  'webhook.failing': Type.Object(
    {
      ...webhook,
      percent: Type.Integer({
        description: 'How much of the five days is over after which it is disabled: 50, 70 or 90.',
      }),
      last_error: lastError,
    },
    { additionalProperties: false, description: 'A webhook has taken nothing for days.' },
  ),
  'webhook.test': event('A webhook was tested. It is sent to the one that is tested alone.', webhook),
  'quota.warning': Type.Object(
    {
      quota: Type.String({ description: 'The limit, such as `notifications_per_day`.' }),
      limit: Type.Integer({ description: 'How much it allows.' }),
      percent: Type.Integer({ description: 'How much of it is used up: 80 or 100.' }),
    },
    { additionalProperties: false, description: 'Most or all of a limit is used up.' },
  ),
} satisfies Record<EventType, TObject>
