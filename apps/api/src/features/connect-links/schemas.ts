import Type, { type Static } from 'typebox'
import { GivenId, ShownId } from '../../http/ids.js'
import { Literals, Locale, Metadata, Nullable, Timestamp, UserId } from '../../http/schemas.js'

export const NewConnectLink = Type.Object(
  {
    user_id: UserId,
    bot_id: Type.Optional(GivenId),
    chat: Literals(['private', 'group', 'channel'], { default: 'private' }),
    expires_in: Type.Integer({ minimum: 60, maximum: 604_800, default: 900, description: 'Seconds.' }),
    replace: Type.Boolean({
      default: false,
      description: "Whether the user's other connections end when this link is used.",
    }),
    locale: Type.Optional(Locale),
    redirect_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s]+$',
        maxLength: 2000,
        description: 'Where the connect page leads afterwards.',
      }),
    ),
    metadata: Type.Optional(Metadata),
  },
  { additionalProperties: false },
)
export type NewConnectLink = Static<typeof NewConnectLink>

const linkFields = {
  id: ShownId('lnk'),
  status: Literals(['pending', 'used', 'expired', 'revoked']),
  user_id: Type.String(),
  bot_id: ShownId('bot'),
  chat: Type.String(),
  replace: Type.Boolean(),
  locale: Nullable(Type.String()),
  redirect_url: Nullable(Type.String()),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  connection_id: Nullable(Type.String()),
  display_name: Nullable(Type.String()),
  expires_at: Timestamp,
  used_at: Nullable(Timestamp),
  created_at: Timestamp,
}

export const ConnectLink = Type.Object(linkFields)

export const IssuedConnectLink = Type.Object({
  ...linkFields,
  url: Type.String({ format: 'uri', description: 'To open in Telegram. It and what follows is shown only once.' }),
  app_url: Type.String({ description: 'The same for an installed Telegram app.' }),
  qr_svg: Type.String({ description: '`url` as a QR code.' }),
  start_command: Type.String({ description: 'What to write to the bot where a link cannot be opened.' }),
  connect_page_url: Type.String({ format: 'uri', description: 'A page with the button, the QR code and the command.' }),
})

export const ConnectLinkParams = Type.Object({ id: GivenId })

export const WaitQuery = Type.Object(
  {
    wait: Type.Integer({
      minimum: 0,
      maximum: 30,
      default: 0,
      description: 'Seconds to wait for a change of a pending link.',
    }),
  },
  { additionalProperties: false },
)
