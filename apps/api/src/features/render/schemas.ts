import Type, { type Static } from 'typebox'
import { UserId } from '../../http/schemas.js'
import { hasContent, messageFields } from '../../messages/schemas.js'

export const RenderRequest = Type.Object(
  {
    ...messageFields,
    user_id: Type.Optional(
      Type.Unsafe<string>({
        ...UserId,
        description: 'Whose attributes and language a template is rendered with.',
      }),
    ),
  },
  {
    $id: 'RenderRequest',
    additionalProperties: false,
    ...hasContent,
    examples: [{ text: '**Your order** has shipped: [track it](https://example.com/t/1)' }],
  },
)
export type RenderRequest = Static<typeof RenderRequest>

const Entity = Type.Object(
  {
    type: Type.String({ description: 'Such as `bold`.' }),
    offset: Type.Integer({ description: 'Where it begins, in UTF-16 code units.' }),
    length: Type.Integer({ description: 'How long it is, in UTF-16 code units.' }),
  },
  {
    $id: 'Entity',
    additionalProperties: true,
    description: "A stretch of a text that is formatted: Telegram's `MessageEntity`.",
  },
)

const Block = Type.Object(
  { type: Type.String({ description: 'Such as `heading`.' }) },
  {
    $id: 'RichBlock',
    additionalProperties: true,
    description: "A block of a rich message: Telegram's `InputRichBlock`.",
  },
)

const Part = Type.Object(
  {
    method: Type.String({ description: 'The method of the Bot API.' }),
    text: Type.String({ description: 'The text or the caption.' }),
    entities: Type.Array(Entity, { description: 'Its formatting.' }),
    length: Type.Integer({ description: 'In characters, as Telegram counts them.' }),
    length_max: Type.Integer({ description: 'How many characters Telegram takes.' }),
    attachments: Type.Integer({ description: 'How many it carries.' }),
    blocks: Type.Optional(Type.Array(Block, { description: 'Of a rich message: what it is made of.' })),
    html: Type.String({ description: 'A preview that is safe to embed.' }),
  },
  { $id: 'RenderedPart', description: 'One message in the chat.' },
)

export const Rendered = Type.Object(
  {
    text: Type.String({ description: 'The whole text, without formatting.' }),
    entities: Type.Array(Entity, { description: 'The formatting of the whole text.' }),
    length: Type.Integer({ description: 'In characters, as Telegram counts them.' }),
    parts: Type.Array(Part, { description: 'The messages that it takes, in their order.' }),
    warnings: Type.Array(
      Type.Object(
        {
          code: Type.String({ description: 'What it is: stable, snake_case.' }),
          message: Type.String({ description: 'The same for people.' }),
        },
        { $id: 'RenderWarning', description: 'What may not look as it was meant.' },
      ),
      { description: 'What may not look as it was meant.' },
    ),
    html: Type.String({ description: 'A preview of the whole that is safe to embed.' }),
  },
  { $id: 'Rendered', description: 'What a message would look like.' },
)
