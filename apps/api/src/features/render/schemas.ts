import Type, { type Static } from 'typebox'
import { UserId } from '../../http/schemas.js'
import { hasContent, messageFields } from '../../messages/schemas.js'

export const RenderRequest = Type.Object(
  {
    ...messageFields,
    user_id: Type.Optional(
      Type.Intersect([UserId], { description: 'Whose attributes and language a template is rendered with.' }),
    ),
  },
  {
    additionalProperties: false,
    ...hasContent,
    examples: [{ text: '**Your order** has shipped: [track it](https://example.com/t/1)' }],
  },
)
export type RenderRequest = Static<typeof RenderRequest>

const Entity = Type.Object(
  { type: Type.String(), offset: Type.Integer(), length: Type.Integer() },
  { additionalProperties: true },
)

const Part = Type.Object({
  method: Type.String({ description: 'Of the Bot API.' }),
  text: Type.String(),
  entities: Type.Array(Entity, { description: 'Offsets and lengths in UTF-16 code units.' }),
  length: Type.Integer({ description: 'In characters, as Telegram counts them.' }),
  length_max: Type.Integer(),
  attachments: Type.Integer(),
  html: Type.String({ description: 'A preview that is safe to embed.' }),
})

export const Rendered = Type.Object({
  text: Type.String(),
  entities: Type.Array(Entity),
  length: Type.Integer(),
  parts: Type.Array(Part, { description: 'The messages that it takes, in their order.' }),
  warnings: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  html: Type.String(),
})
