import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Nullable, pageQuery, Timestamp } from '../../http/schemas.js'

const Waits = Type.Object(
  {
    high: Nullable(Type.Integer(), { description: 'Of `high`.' }),
    normal: Nullable(Type.Integer(), { description: 'Of `normal`.' }),
    bulk: Nullable(Type.Integer(), { description: 'Of `bulk`.' }),
  },
  {
    $id: 'ExpectedWait',
    description: 'In how many seconds something new would leave, by priority; null where nothing leaves.',
  },
)

export const BotCapacity = Type.Object(
  {
    bot_id: ShownId('bot', 'The bot.'),
    rate: Type.Integer({ description: 'Most messages a second.' }),
    present_rate: Type.Integer({
      description: 'Less than `rate` for a while after Telegram asked the bot to slow down.',
    }),
    paused_until: Nullable(Timestamp('A time.'), { description: 'Until when Telegram asked the bot to wait.' }),
    parked_reason: Nullable(Type.String(), { description: 'Why the bot sends nothing until somebody acts.' }),
    backlog: Type.Object(
      {
        high: Type.Integer({ description: 'Of `high`.' }),
        normal: Type.Integer({ description: 'Of `normal`.' }),
        bulk: Type.Integer({ description: 'Of `bulk`.' }),
      },
      { $id: 'Backlog', description: 'How many messages wait, by priority; of more than 50,000, that many.' },
    ),
    expected_wait: Waits,
  },
  { $id: 'BotCapacity', description: 'How fast a bot sends, and what waits for it.' },
)

export const BotListQuery = Type.Object(pageQuery, { additionalProperties: false })
export type BotListQuery = Static<typeof BotListQuery>

export const SharedBot = Type.Object(
  {
    id: ShownId('bot', 'The id of the bot.'),
    username: Type.String({ description: 'The name by which Telegram finds the bot.' }),
    display_name: Type.String({ description: 'What people see as its name.' }),
    is_used: Type.Boolean({ description: 'Whether you use it.' }),
  },
  { $id: 'SharedBot', description: 'A bot that the operator shares among tenants.' },
)

export const BotInvitation = Type.Object(
  { from_bot_id: GivenId('bot', 'The bot through which the people are connected now.') },
  { $id: 'BotInvitation', additionalProperties: false, examples: [{ from_bot_id: 'bot_01kadg2y8xe7kbhb3z9ph8x9r0' }] },
)
export type BotInvitation = Static<typeof BotInvitation>

export const BotInvitationView = Type.Object(
  {
    bot_id: ShownId('bot', 'Where the people are invited to.'),
    from_bot_id: ShownId('bot', 'Where they are connected now.'),
    invited: Type.Integer({ description: 'How many were invited so far.' }),
    requested_at: Timestamp('When it was asked for.'),
  },
  { $id: 'BotInvitations', description: 'People who are invited from one bot to another.' },
)
export type BotInvitationView = Static<typeof BotInvitationView>
