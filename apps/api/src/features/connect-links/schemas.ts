import { adminRights, linkChats, linkConfirms, linkStatuses } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { JsonObject, Literals, Locale, Metadata, Nullable, pageQuery, Timestamp, UserId } from '../../http/schemas.js'
import { WaitQuery } from '../../http/wait-query.js'

export const NewConnectLink = Type.Object(
  {
    user_id: UserId,
    bot_id: Type.Optional(GivenId('bot', 'The bot to connect with; without it the only one that you may use.')),
    chat: Literals(linkChats, { default: 'private', description: 'What kind of chat is to be connected.' }),
    expires_in: Type.Integer({
      minimum: 60,
      maximum: 604_800,
      default: 900,
      description: 'For how many seconds the link can be used.',
    }),
    replace: Type.Boolean({
      default: false,
      description: "Whether the user's other connections end when this link is used.",
    }),
    locale: Type.Optional(Locale),
    redirect_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s]+$',
        'x-form': 'must be an http or https address',
        maxLength: 2000,
        description: 'Where the connect page leads afterwards.',
      }),
    ),
    confirm: Type.Optional(
      Literals(linkConfirms, {
        description:
          'How the person says that the account is theirs before it is connected: `none`, `tap` a button, or tap the `number` that the connect page shows, which protects from links of others. Without it as your settings say.',
      }),
    ),
    account_label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        pattern: '^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$',
        'x-form': 'must be one line with a character that is not a space',
        description: 'What the account is called, for the person to recognise it. Addresses and numbers are masked.',
        examples: ['anna@example.com'],
      }),
    ),
    admin_rights: Type.Array(Literals(adminRights), {
      default: [],
      uniqueItems: true,
      maxItems: adminRights.length,
      description: 'Rights of an administrator that a link for a group or channel asks for.',
    }),
    metadata: Type.Optional(Metadata),
  },
  { $id: 'NewConnectLink', additionalProperties: false, examples: [{ user_id: 'u_42' }] },
)
export type NewConnectLink = Static<typeof NewConnectLink>

const linkFields = {
  id: ShownId('lnk', 'The id of the link.'),
  status: Literals(linkStatuses, { description: '`expired` is by the clock; the others were somebody’s doing.' }),
  user_id: Type.String({ description: 'Your own id of the user.' }),
  bot_id: ShownId('bot', 'The bot that is connected with.'),
  chat: Literals(linkChats, { description: 'What kind of chat is to be connected.' }),
  replace: Type.Boolean({ description: "Whether the user's other connections end when this link is used." }),
  locale: Nullable(Type.String(), { description: 'The language of the connect page and the welcome.' }),
  redirect_url: Nullable(Type.String(), { description: 'Where the connect page leads afterwards.' }),
  confirm: Literals(linkConfirms, { description: 'How the person says that the account is theirs.' }),
  account_label: Nullable(Type.String(), { description: 'What the person is told the account is called, masked.' }),
  admin_rights: Type.Array(Type.String(), { description: 'Rights of an administrator that it asks for.' }),
  metadata: JsonObject('What you gave along.'),
  connection_id: Nullable(ShownId('con', 'The connection.'), { description: 'The connection that it made.' }),
  display_name: Nullable(Type.String(), { description: 'Who used it.' }),
  expires_at: Timestamp('Until when it can be used.'),
  used_at: Nullable(Timestamp('A time.'), { description: 'When it was used.' }),
  created_at: Timestamp('When it was made.'),
}

export const ConnectLink = Type.Object(linkFields, {
  $id: 'ConnectLink',
  description: 'A link by which one user connects one chat, once.',
})
export type ConnectLinkView = Static<typeof ConnectLink>

export const IssuedConnectLink = Type.Object(
  {
    ...linkFields,
    url: Type.String({ format: 'uri', description: 'To open in Telegram. It and what follows is shown only once.' }),
    app_url: Type.String({ description: 'The same for an installed Telegram app.' }),
    qr_svg: Type.String({ description: '`url` as a QR code, in SVG.' }),
    start_command: Type.String({ description: 'What to write to the bot where a link cannot be opened.' }),
    code: Type.String({
      description: 'What can be typed or pasted to the bot instead, with or without the dash, or after /connect.',
      examples: ['CDFH-2345'],
    }),
    number: Nullable(Type.Integer(), {
      description: 'The number that the person taps, where `confirm` is `number`. Show it beside the link.',
    }),
    connect_page_url: Type.String({
      format: 'uri',
      description: 'A page with the button, the QR code and the code, which tells when it is done.',
    }),
  },
  { $id: 'IssuedConnectLink', description: 'A new link, with the addresses that contain its token.' },
)

export const LinkQuery = WaitQuery('Seconds to wait for a change of a pending link.')

export const ConnectLinkListQuery = Type.Object(
  {
    ...pageQuery,
    user_id: Type.Optional(UserId),
    status: Type.Optional(Literals(linkStatuses, { description: 'Only links in this state.' })),
  },
  { additionalProperties: false },
)
export type ConnectLinkListQuery = Static<typeof ConnectLinkListQuery>

const Day = (description: string) => Type.String({ format: 'date', description, examples: ['2026-11-21'] })

export const FunnelQuery = Type.Object(
  {
    from: Type.Optional(Day('The first day; without it thirty days before the last.')),
    to: Type.Optional(Day('The last day; without it today.')),
  },
  { additionalProperties: false },
)
export type FunnelQuery = Static<typeof FunnelQuery>

export const ConnectFunnel = Type.Object(
  {
    from: Day('The first day.'),
    to: Day('The last day.'),
    days: Type.Array(
      Type.Object(
        {
          day: Day('The day, in UTC.'),
          issued: Type.Integer({ description: 'Links that were issued on the day.' }),
          opened: Type.Integer({ description: 'Those whose page was opened, or that were used without it.' }),
          started: Type.Integer({ description: 'Those that reached the bot.' }),
          connected: Type.Integer({ description: 'Those that connected a chat.' }),
        },
        { $id: 'ConnectFunnelDay', description: 'What became of the links of one day.' },
      ),
      { description: 'Days on which links were issued, in their order.' },
    ),
  },
  { $id: 'ConnectFunnel', description: 'How far people come who are to connect a chat.' },
)
export type FunnelView = Static<typeof ConnectFunnel>
