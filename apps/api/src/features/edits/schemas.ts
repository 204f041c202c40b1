import Type, { type Static, type TSchema } from 'typebox'
import { ShownId } from '../../http/ids.js'
import { Literals, Nullable } from '../../http/schemas.js'
import { Buttons, formats, LinkPreview, messageFields, Overflow, Rich, Shortcodes } from '../../messages/schemas.js'

/** A schema that fills in nothing: what an edit does not name stays as it is. */
function withoutDefault<Schema extends TSchema>({ default: _, ...schema }: Schema & { default?: unknown }) {
  return Type.Unsafe<Static<Schema>>(schema)
}

export const NotificationEdit = Type.Object(
  {
    text: messageFields.text,
    format: Type.Optional(Literals(formats, { description: 'What the text is written in.' })),
    template: messageFields.template,
    buttons: Type.Optional(Nullable(Buttons, { description: 'Buttons below the message; null for none.' })),
    attachments: messageFields.attachments,
    link_preview: Type.Optional(withoutDefault(LinkPreview)),
    overflow: Type.Optional(withoutDefault(Overflow)),
    rich: Type.Optional(Rich),
    shortcodes: Type.Optional(Shortcodes),
  },
  {
    $id: 'NotificationEdit',
    additionalProperties: false,
    minProperties: 1,
    description: 'What is not given stays as it is.',
    examples: [{ text: 'Your order has **arrived**.' }],
  },
)
export type NotificationEdit = Static<typeof NotificationEdit>

export const Editing = Type.Object(
  {
    id: ShownId('ntf', 'The notification.'),
    editing: Type.Integer({
      description:
        'Messages in chats that are being edited; what was not sent is changed already. Of a topic or everyone: those that are known to be sent, which are gone through from now on.',
    }),
  },
  { $id: 'Editing', description: 'What an edit has set going.' },
)

export const TakingBack = Type.Object(
  {
    id: ShownId('ntf', 'The notification.'),
    deleting: Type.Integer({
      description:
        'Deliveries whose messages are being taken back. Of a topic or everyone: those that are known to be sent, which are gone through from now on; `edit` of each tells whether it was too old.',
    }),
    too_old: Type.Integer({ description: 'Those that were sent more than 48 hours ago, which Telegram keeps.' }),
  },
  { $id: 'TakingBack', description: 'What taking back has set going.' },
)
