import Type, { type Static } from 'typebox'
import { GivenId } from '../http/ids.js'
import { Literals, Locale } from '../http/schemas.js'

const attachmentTypes = ['photo', 'video', 'animation', 'audio', 'voice', 'document', 'sticker'] as const
export const formats = ['markdown', 'plain', 'telegram_markdown_v2', 'telegram_markdown', 'telegram_html'] as const

export const Text = Type.String({
  minLength: 1,
  'x-max-bytes': 32_768,
  description: 'Up to 32 KiB. See `overflow` for what becomes of more than 4096 characters.',
})

export const Format = Literals(formats, {
  default: 'markdown',
  description:
    '`markdown` is CommonMark with tables, task lists, `~~strikethrough~~`, `||spoilers||` and footnotes; no text of it is refused. The `telegram_` formats are checked by the rules of Telegram.',
})

const Attachment = Type.Object(
  {
    type: Literals(attachmentTypes),
    url: Type.Optional(
      Type.String({ maxLength: 2_048, description: 'Telegram fetches it: photos up to 5 MB, others up to 20 MB.' }),
    ),
    file: Type.Optional(GivenId),
    file_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: "Telegram's own `file_id`, or the id of an uploaded file.",
      }),
    ),
    spoiler: Type.Optional(Type.Boolean({ description: 'Hidden until it is tapped: photo, video, animation.' })),
    fallback: Type.Optional(
      Literals(['document'], { description: 'A photo that Telegram finds too large goes as a document.' }),
    ),
  },
  { additionalProperties: false, description: 'One of `url`, `file` (from POST /v1/files) and `file_id`.' },
)

const ButtonText = Type.String({ minLength: 1, maxLength: 128 })

const Button = Type.Object(
  {
    text: ButtonText,
    url: Type.Optional(Type.String({ maxLength: 2_048 })),
    action: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'You get an event `button.pressed` with it.' }),
    ),
    value: Type.Optional(Type.Unknown({ description: 'Any JSON up to 4 KiB; comes with the event.' })),
    copy: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'The text that a press copies.' })),
    web_app: Type.Optional(Type.String({ maxLength: 2_048, description: 'An https address. Private chats only.' })),
  },
  { additionalProperties: false, description: 'One of `url`, `action`, `copy` and `web_app`.' },
)

const rowMax = 12
const rowsMax = 100

export const Buttons = Type.Array(Type.Array(Button, { minItems: 1, maxItems: rowMax }), {
  minItems: 1,
  maxItems: rowsMax,
})

const Keyboard = Type.Object(
  {
    buttons: Type.Array(
      Type.Array(
        Type.Union([
          ButtonText,
          Type.Object(
            {
              text: ButtonText,
              request_contact: Type.Optional(Type.Boolean()),
              request_location: Type.Optional(Type.Boolean()),
            },
            { additionalProperties: false },
          ),
        ]),
        { minItems: 1, maxItems: rowMax },
      ),
      { minItems: 1, maxItems: rowsMax },
    ),
    resize: Type.Optional(Type.Boolean()),
    one_time: Type.Optional(Type.Boolean()),
    persistent: Type.Optional(Type.Boolean()),
    placeholder: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  { additionalProperties: false, description: "In place of the letters of the person's phone." },
)

const LinkPreview = Type.Union([
  Literals(['default', 'off', 'small', 'large']),
  Type.Object(
    {
      mode: Type.Optional(Literals(['off', 'small', 'large'])),
      above: Type.Optional(Type.Boolean({ description: 'Above the text.' })),
      url: Type.Optional(
        Type.String({ maxLength: 2_048, description: 'Of this address, in place of the first one in the text.' }),
      ),
    },
    { additionalProperties: false },
  ),
])

/** Parameters of the Bot API that say nothing of who is written to, what is said or how fast. */
const PassThrough = Type.Object(
  {
    show_caption_above_media: Type.Optional(Type.Boolean()),
    supports_streaming: Type.Optional(Type.Boolean()),
    disable_content_type_detection: Type.Optional(Type.Boolean()),
    duration: Type.Optional(Type.Integer({ minimum: 0 })),
    width: Type.Optional(Type.Integer({ minimum: 0 })),
    height: Type.Optional(Type.Integer({ minimum: 0 })),
    performer: Type.Optional(Type.String({ maxLength: 256 })),
    title: Type.Optional(Type.String({ maxLength: 256 })),
    emoji: Type.Optional(Type.String({ maxLength: 16 })),
  },
  { additionalProperties: false, description: 'Further parameters of the Bot API, passed on as they are.' },
)

export const TemplateUse = Type.Object(
  {
    id: GivenId,
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'Default: the published one.' })),
    variables: Type.Record(Type.String(), Type.Unknown(), { 'x-max-json-bytes': 16_384, default: {} }),
    locale: Type.Optional(Locale),
  },
  { additionalProperties: false, description: 'In place of `text`.' },
)

/** Everything that a message can have, wherever one is given. */
export const messageFields = {
  text: Type.Optional(Text),
  format: Format,
  template: Type.Optional(TemplateUse),
  overflow: Type.Optional(
    Literals(['split', 'truncate', 'file', 'reject'], {
      description:
        'A text beyond 4096 characters, or a caption beyond 1024: `split` (the default) goes on in further messages, `truncate` cuts it, `file` sends the text as a document (a caption goes on in messages all the same), `reject` answers 422.',
    }),
  ),
  attachments: Type.Optional(
    Type.Array(Attachment, { minItems: 1, maxItems: 10, description: 'Two and more make an album.' }),
  ),
  buttons: Type.Optional(Buttons),
  keyboard: Type.Optional(Keyboard),
  remove_keyboard: Type.Optional(Type.Literal(true)),
  silent: Type.Optional(Type.Boolean({ description: 'Arrives without a sound.' })),
  protect: Type.Optional(Type.Boolean({ description: 'Cannot be forwarded or saved.' })),
  link_preview: Type.Optional(LinkPreview),
  topic: Type.Optional(
    Type.Integer({ minimum: 1, description: "A forum's thread; where it is gone, the message goes to the main chat." }),
  ),
  reply_to: Type.Optional(Type.Union([GivenId, Type.Null()], { description: 'The id of an earlier notification.' })),
  effect: Type.Optional(Type.String({ pattern: '^[0-9]{1,20}$', description: 'Of a message in a private chat.' })),
  telegram: Type.Optional(PassThrough),
}

/** Something has to be there to be sent. */
export const hasContent = {
  anyOf: [{ required: ['text'] }, { required: ['attachments'] }, { required: ['template'] }],
}

const Message = Type.Object(messageFields)
export type MessageInput = Static<typeof Message>
