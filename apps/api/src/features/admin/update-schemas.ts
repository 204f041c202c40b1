import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

export const updateStatuses = ['parked', 'retrying'] as const

export const WaitingUpdate = Type.Object(
  {
    bot_id: ShownId('bot', 'The bot that was told.'),
    update_id: Type.Integer({ description: "Telegram's number of the update." }),
    status: Literals(updateStatuses, {
      description: '`parked`: it was given up, and waits for somebody to look at it.',
    }),
    kind: Type.String({ description: 'What it is about, such as `message`.' }),
    chat_id: Type.Integer({ description: "Telegram's id of the chat." }),
    attempts: Type.Integer({ description: 'How often it failed.' }),
    failure: Nullable(Type.String(), { description: 'The name of the error.' }),
    received_at: Timestamp('When Telegram told of it.'),
    retry_at: Nullable(Timestamp('A time.'), { description: 'When it is tried again.' }),
    parked_at: Nullable(Timestamp('A time.'), { description: 'When it was given up.' }),
  },
  {
    $id: 'WaitingUpdate',
    description: 'What Telegram told of and could not be handled. Its content is not shown: it is people’s own.',
  },
)
export type WaitingUpdateView = Static<typeof WaitingUpdate>

export const UpdateListQuery = Type.Object(
  {
    ...pageQuery,
    status: Literals(updateStatuses, { default: 'parked', description: 'Only updates in this state.' }),
  },
  { additionalProperties: false },
)
export type UpdateListQuery = Static<typeof UpdateListQuery>

export const UpdateParams = Type.Object({
  bot_id: GivenId('bot', 'The id of the bot.'),
  update_id: Type.String({ maxLength: 20, description: "Telegram's number of the update.", examples: ['123456789'] }),
})

export const Report = Type.Object(
  {
    id: ShownId('rep', 'The id of the report.'),
    tenant_id: ShownId('ten', 'Who is complained about.'),
    bot_id: ShownId('bot', 'The bot in whose chat it was.'),
    chat_id: Type.Integer({ description: "Telegram's id of the chat." }),
    created_at: Timestamp('When it was.'),
  },
  { $id: 'Report', description: 'A person complained about what a tenant sends.' },
)
export type ReportView = Static<typeof Report>
