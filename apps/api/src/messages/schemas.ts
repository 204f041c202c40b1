import { afterPresses, buttonStyles } from '@tellwire/domain'
import Type, { type Static } from 'typebox'
import { GivenId } from '../http/ids.js'
import { Literals, Locale, Nullable } from '../http/schemas.js'

const attachmentTypes = ['photo', 'video', 'animation', 'audio', 'voice', 'document', 'sticker'] as const
export const formats = [
  'markdown',
  'commonmark',
  'plain',
  'telegram_markdown_v2',
  'telegram_markdown',
  'telegram_html',
] as const

/** Of a request with one text: in UTF-8 a character takes up to four bytes. */
export const messageBytesMax = 5 * 1_048_576

export const Text = Type.String({
  minLength: 1,
  maxLength: 1_048_576,
  description:
    'Up to 32,768 characters; with `overflow` `file` or `truncate` up to 1,048,576. See `overflow` for what becomes of more than 4096.',
})

export const Format = Literals(formats, {
  default: 'markdown',
  description:
    '`markdown` is Markdown as people, programs and language models write it: a mark is one only where it is surely meant, and nothing of the text is lost. `commonmark` is CommonMark and GFM to the letter. No text of the two is refused. The `telegram_` formats are checked by the rules of Telegram.',
})

const Attachment = Type.Object(
  {
    type: Literals(attachmentTypes, { description: 'What Telegram shows it as.' }),
    url: Type.Optional(
      Type.String({ maxLength: 2_048, description: 'Telegram fetches it: photos up to 5 MB, others up to 20 MB.' }),
    ),
    file: Type.Optional(GivenId('fil', 'An uploaded file.')),
    file_id: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{10,255}$',
        'x-form': 'must be a file_id of Telegram: 10 to 255 letters, digits, - and _',
        description: "Telegram's own `file_id`, or the id of an uploaded file.",
      }),
    ),
    spoiler: Type.Optional(Type.Boolean({ description: 'Hidden until it is tapped: photo, video, animation.' })),
    fallback: Type.Optional(
      Literals(['document'], { description: 'A photo that Telegram finds too large goes as a document.' }),
    ),
  },
  {
    $id: 'Attachment',
    additionalProperties: false,
    description: 'One of `url`, `file` (from POST /v1/files) and `file_id`.',
  },
)

const ButtonText = Type.String({ minLength: 1, maxLength: 128, description: 'What the button says.' })

const Button = Type.Object(
  {
    text: ButtonText,
    style: Type.Optional(Literals(buttonStyles, { description: 'Its colour; older apps show none.' })),
    icon: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,20}$',
        'x-form': 'must be the number of a custom emoji',
        description:
          "The number of a custom emoji, shown before the text. For bots with a user name from Fragment, or whose owner has Telegram Premium; another's buttons go without it.",
      }),
    ),
    url: Type.Optional(Type.String({ maxLength: 2_048, description: 'What a press opens.' })),
    action: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'You get an event `button.pressed` with it.' }),
    ),
    value: Type.Optional(Type.Unknown({ description: 'Any JSON up to 4 KiB; comes with the event.' })),
    answer: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'With `action`: what the person who presses is told at once.',
      }),
    ),
    copy: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'The text that a press copies.' })),
    web_app: Type.Optional(Type.String({ maxLength: 2_048, description: 'An https address. Private chats only.' })),
  },
  { $id: 'Button', additionalProperties: false, description: 'One of `url`, `action`, `copy` and `web_app`.' },
)

const rowMax = 12
const rowsMax = 100

export const Buttons = Type.Array(Type.Array(Button, { minItems: 1, maxItems: rowMax }), {
  minItems: 1,
  maxItems: rowsMax,
  description: 'Buttons below the message, row by row.',
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
              request_contact: Type.Optional(Type.Boolean({ description: "A press sends the person's contact." })),
              request_location: Type.Optional(Type.Boolean({ description: "A press sends the person's place." })),
            },
            {
              $id: 'KeyboardButton',
              additionalProperties: false,
              description: 'A key that asks the person for something.',
            },
          ),
        ]),
        { minItems: 1, maxItems: rowMax },
      ),
      { minItems: 1, maxItems: rowsMax, description: 'The keys, row by row.' },
    ),
    resize: Type.Optional(Type.Boolean({ description: 'As high as its rows need; the default.' })),
    one_time: Type.Optional(Type.Boolean({ description: 'It goes after a press.' })),
    persistent: Type.Optional(Type.Boolean({ description: 'It stays in place of the letters.' })),
    placeholder: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'What the empty field of the message says.' }),
    ),
  },
  { $id: 'Keyboard', additionalProperties: false, description: "In place of the letters of the person's phone." },
)

const previewModes = ['auto', 'default', 'off', 'small', 'large'] as const

const LinkPreviewOptions = Type.Object(
  {
    mode: Type.Optional(Literals(['off', 'small', 'large'], { description: 'How large it is shown.' })),
    above: Type.Optional(Type.Boolean({ description: 'Above the text.' })),
    url: Type.Optional(
      Type.String({ maxLength: 2_048, description: 'Of this address, in place of the first one in the text.' }),
    ),
  },
  { $id: 'LinkPreviewOptions', additionalProperties: false },
)

export const LinkPreview = Type.Union([Literals(previewModes), LinkPreviewOptions], {
  default: 'auto',
  'x-form': `must be one of ${previewModes.join(', ')}, or an object`,
  description:
    'Whether a page that the text links to is shown. `auto`: only of an address that was written as a link, never of a name like `README.md`, which Telegram takes for one. `default` leaves it to Telegram.',
})

const Size = (description: string) => Type.Integer({ minimum: 0, maximum: 2_147_483_647, description })

/** Parameters of the Bot API that say nothing of who is written to, what is said or how fast. */
const PassThrough = Type.Object(
  {
    show_caption_above_media: Type.Optional(Type.Boolean({ description: 'The caption stands above the medium.' })),
    supports_streaming: Type.Optional(Type.Boolean({ description: 'The video can be watched while it loads.' })),
    disable_content_type_detection: Type.Optional(Type.Boolean({ description: 'A document stays a document.' })),
    duration: Type.Optional(Size('Of audio or video, in seconds.')),
    width: Type.Optional(Size('Of a video, in pixels.')),
    height: Type.Optional(Size('Of a video, in pixels.')),
    performer: Type.Optional(Type.String({ maxLength: 256, description: 'Of audio.' })),
    title: Type.Optional(Type.String({ maxLength: 256, description: 'Of audio.' })),
    emoji: Type.Optional(Type.String({ maxLength: 16, description: 'Of a sticker.' })),
  },
  {
    $id: 'TelegramOptions',
    additionalProperties: false,
    description: 'Further parameters of the Bot API, passed on as they are.',
  },
)

export const TemplateUse = Type.Object(
  {
    id: GivenId('tpl', 'The template.'),
    version: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Default: the published one.' }),
    ),
    variables: Type.Record(Type.String(), Type.Unknown(), {
      'x-max-json-bytes': 16_384,
      default: {},
      description: 'What the template puts in.',
    }),
    locale: Type.Optional(Locale),
  },
  { $id: 'TemplateUse', additionalProperties: false, description: 'In place of `text`.' },
)

export const Overflow = Literals(['split', 'truncate', 'file', 'reject'], {
  default: 'split',
  description:
    'A text beyond 4096 characters, or a caption beyond 1024: `split` goes on in further messages, `truncate` cuts it, `file` sends the text as a document (a caption goes on in messages all the same), `reject` answers 422.',
})

export const Rich = Type.Union([Literals(['auto']), Type.Boolean()], {
  'x-form': 'must be true, false or auto',
  description:
    'Whether Markdown goes as a rich message of Telegram, with headings, tables, nested lists, formulas and pictures: `auto` where the text has some, `true` always. People whose app is too old for it are told so in its place, and nobody else is. Where Telegram refuses it, the text goes as without it. Default: the message settings of the tenant.',
})

export const Shortcodes = Type.Boolean({
  description:
    'Whether Markdown shows names of emoji between colons as emoji, as GitHub does: `:bug:`, `:white_check_mark:`; never in code. Default: no.',
})

/** Everything that a message can have, wherever one is given. */
export const messageFields = {
  text: Type.Optional(Text),
  format: Format,
  template: Type.Optional(TemplateUse),
  rich: Type.Optional(Rich),
  shortcodes: Type.Optional(Shortcodes),
  overflow: Overflow,
  attachments: Type.Optional(
    Type.Array(Attachment, { minItems: 1, maxItems: 10, description: 'Two and more make an album.' }),
  ),
  buttons: Type.Optional(Buttons),
  after_press: Type.Optional(
    Literals(afterPresses, {
      description:
        'What becomes of the buttons in a chat once one with an `action` was pressed there, for everyone in it: they stay, go (`disable`), or only the pressed one is left, as pressed (`replace`). Where they change, the first press is the only one, and what it has left stays when the text is edited; other `buttons` can be pressed anew.',
    }),
  ),
  keyboard: Type.Optional(Keyboard),
  remove_keyboard: Type.Optional(Type.Literal(true, { description: 'Ends a keyboard that was shown before.' })),
  silent: Type.Boolean({ default: false, description: 'Arrives without a sound.' }),
  protect: Type.Boolean({ default: false, description: 'Cannot be forwarded or saved.' }),
  link_preview: LinkPreview,
  forum_topic: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'The number of a topic of a forum; where it is gone, the message goes to the main chat.',
    }),
  ),
  reply_to: Type.Optional(
    Nullable(GivenId('ntf', 'An earlier notification, or a message of a person.'), {
      description:
        'The id of an earlier notification, which this one answers in each chat, or of the event of what a person wrote, which it answers where that was written.',
    }),
  ),
  effect: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,20}$',
      'x-form': 'must be the number of an effect',
      description: 'The number of an effect of Telegram. Of a message in a private chat.',
    }),
  ),
  telegram: Type.Optional(PassThrough),
}

export const Dedupe = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 255, description: 'Your own name for what happened.' }),
    window: Type.Integer({ minimum: 1, maximum: 2_592_000, description: 'How long it holds: seconds, up to 30 days.' }),
  },
  {
    $id: 'Dedupe',
    additionalProperties: false,
    description: 'Within the window a notification with the same key is answered with the earlier one.',
  },
)

/** Something has to be there to be sent. */
export const hasContent = {
  anyOf: [{ required: ['text'] }, { required: ['attachments'] }, { required: ['template'] }],
  'x-form': 'is required, or attachments, or a template',
  'x-pointer': '/text',
}

const Message = Type.Object(messageFields)
export type MessageInput = Static<typeof Message>
