import { deliveryStatuses } from '@tellwire/db'
import { autoAnswers, eventCatalogue } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'
import { Connection } from '../../views/connection.js'

const heard = eventCatalogue['message.received'].properties

const HeardMessage = Type.Object(
  {
    id: ShownId(
      'evt',
      'The message, and the event that told of it. A message that answers it has it as its `reply_to`.',
    ),
    direction: Literals(['in'], { description: 'A person wrote it.' }),
    message_id: heard.message_id,
    content_type: heard.content_type,
    text: heard.text,
    file: heard.file,
    content: heard.content,
    from: heard.from,
    command: Nullable(Type.String(), { description: 'The command, in small letters and without its slash.' }),
    argument: Nullable(Type.String(), { description: 'What follows the command.' }),
    reply_to_message_id: heard.reply_to_message_id,
    reply_to_notification_id: Nullable(ShownId('ntf', 'A notification.'), {
      description: 'The notification that it answers, where it answers one.',
    }),
    sent_at: Timestamp('When it was sent.'),
  },
  { $id: 'HeardMessage', description: 'What a person wrote or sent.' },
)
export type HeardMessageView = Static<typeof HeardMessage>

const AnswerMessage = Type.Object(
  {
    id: ShownId('ntf', 'The notification that answers.'),
    direction: Literals(['out'], { description: 'You answered it.' }),
    text: Type.String({ description: 'Its text, in the format in which it was given.' }),
    status: Nullable(Literals(deliveryStatuses, { description: 'What became of it.' }), {
      description: 'What became of it; null where nothing is known of it any more.',
    }),
    sent_at: Timestamp('When it was given.'),
  },
  { $id: 'AnswerMessage', description: 'What was answered.' },
)

export const InboxMessage = Type.Union([HeardMessage, AnswerMessage], {
  $id: 'InboxMessage',
  description: 'A message of a chat: what a person wrote, or what was answered.',
})
export type InboxMessageView = Static<typeof InboxMessage>

export const InboxChat = Type.Object(
  {
    connection: Connection,
    unread: Type.Integer({ description: 'How many messages of people are unread.' }),
    last_message: Nullable(HeardMessage, {
      description: 'The latest that a person wrote; null once it is no longer kept.',
    }),
  },
  { $id: 'InboxChat', description: 'A connected chat in which people write.' },
)
export type InboxChatView = Static<typeof InboxChat>

export const ChatListQuery = Type.Object(
  {
    ...pageQuery,
    unread: Type.Optional(
      Type.Boolean({ description: '`true`: only chats with something unread; `false`: only those without.' }),
    ),
  },
  { additionalProperties: false },
)
export type ChatListQuery = Static<typeof ChatListQuery>

export const MessageListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type MessageListQuery = Static<typeof MessageListQuery>

export const ReadMark = Type.Object(
  {
    up_to: Type.Optional(
      GivenId('evt', 'The message up to which the chat was read. What came after it is unread. Default: the latest.'),
    ),
  },
  { $id: 'ReadMark', additionalProperties: false, description: 'How far a chat was read.', examples: [{}] },
)
export type ReadMark = Static<typeof ReadMark>

export const Unread = Type.Object(
  { unread: Type.Integer({ description: 'How many messages of people are unread.' }) },
  { $id: 'Unread', description: 'What is left to read in a chat.' },
)

const autoAnswer = Literals(autoAnswers, {
  description:
    'What a person is told who writes in a private chat, once in a day: `unheard` (the default) says that it is not read, as long as nobody has asked for events or for the inbox for seven days and no webhook takes messages; `always` says that it has arrived; `off` says nothing. The texts are `unheard` and `received` of the `texts` of the connect settings.',
})

export const InboxSettings = Type.Object(
  { auto_answer: autoAnswer },
  { $id: 'InboxSettings', description: 'What becomes of what people write.' },
)
export type InboxSettingsView = Static<typeof InboxSettings>

export const InboxSettingsChange = Type.Object(
  { auto_answer: autoAnswer },
  {
    $id: 'InboxSettingsChange',
    additionalProperties: false,
    description: 'What is to become of it.',
    examples: [{ auto_answer: 'always' }],
  },
)
export type InboxSettingsChange = Static<typeof InboxSettingsChange>
